// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import java.util.Arrays;

/** A map from page number to frame: open addressing over two int arrays, no deletion. */
final class PageIndex {

  private int[] pages = new int[64];
  private int[] frames = new int[64];
  private int size;

  /** Puts or replaces; page and frame are not 0. */
  void put(int page, int frame) {
    if (size * 2 >= pages.length) {
      grow();
    }
    int slot = slot(page);
    if (pages[slot] == 0) {
      pages[slot] = page;
      size++;
    }
    frames[slot] = frame;
  }

  /** The frame of a page, 0 for none. */
  int get(int page) {
    return frames[slot(page)];
  }

  int size() {
    return size;
  }

  /** All page numbers, ascending as unsigned numbers up to 2^31. */
  int[] sortedPages() {
    return Arrays.stream(pages).filter(page -> page != 0).sorted().toArray();
  }

  private int slot(int page) {
    int mask = pages.length - 1;
    int slot = ((page * 0x9e3779b9) >>> 7) & mask;
    while (pages[slot] != 0 && pages[slot] != page) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    int[] oldPages = pages;
    int[] oldFrames = frames;
    pages = new int[oldPages.length * 2];
    frames = new int[oldPages.length * 2];
    size = 0;
    for (int i = 0; i < oldPages.length; i++) {
      if (oldPages[i] != 0) {
        put(oldPages[i], oldFrames[i]);
      }
    }
  }
}
