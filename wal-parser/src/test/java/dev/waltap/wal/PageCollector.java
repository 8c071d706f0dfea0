// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.CountedDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A sink that keeps each page as of the last commit, and checks what a counted database promises.
 */
final class PageCollector implements FrameSink {

  private final int pageSize;
  private final Map<Integer, byte[]> pages = new HashMap<>();
  private final Map<Integer, byte[]> open = new HashMap<>();
  private final List<Long> generations = new ArrayList<>();
  private byte[] buffer;
  private boolean strict = true;
  private int rollbacks;
  private int databaseSize;

  PageCollector(int pageSize) {
    this.pageSize = pageSize;
    this.buffer = new byte[pageSize];
  }

  @Override
  public byte[] buffer() {
    return buffer;
  }

  @Override
  public void frame(int pageNumber, byte[] page) {
    if (page != buffer) {
      throw new AssertionError("not the buffer that was given");
    }
    open.put(pageNumber, page);
    buffer = new byte[pageSize];
  }

  @Override
  public void commit(long generation, int frame, int size) {
    if (open.isEmpty()) {
      throw new AssertionError("a commit without frames");
    }
    long before = counter();
    pages.putAll(open);
    boolean counted = open.containsKey(CountedDatabase.COUNTER_PAGE);
    open.clear();
    if (counted && before >= 0 && strict && counter() != before + 1) {
      throw new AssertionError("counter went from " + before + " to " + counter());
    }
    generations.add(generation);
    databaseSize = size;
  }

  @Override
  public void rollback() {
    open.clear();
    rollbacks++;
  }

  /** What the counter's page says; -1 before it came. */
  long counter() {
    byte[] page = pages.get(CountedDatabase.COUNTER_PAGE);
    return page == null ? -1 : CountedDatabase.counterOn(page);
  }

  /** Allows commits that write the counter's page and leave the counter as it was. */
  void allowUnchanged() {
    strict = false;
  }

  /** Starts again, as after a snapshot in which the counter said this. */
  void forget() {
    pages.clear();
    open.clear();
  }

  /** The generation of each commit. */
  List<Long> generations() {
    return generations;
  }

  int commits() {
    return generations.size();
  }

  int rollbacks() {
    return rollbacks;
  }

  int databaseSize() {
    return databaseSize;
  }

  Map<Integer, byte[]> pages() {
    return pages;
  }
}
