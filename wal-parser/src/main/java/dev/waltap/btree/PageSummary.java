// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import dev.waltap.page.PageSet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a page set can be made of again without its pages, for as long as nobody asks for them: of
 * each page its number, the hash of its image, and its place in {@link PageOwners}. For one thread.
 */
public final class PageSummary {
  private static final int MIN_CAPACITY = 64;

  private int[] numbers;
  private long[] hashes;
  private int[] parents;
  private byte[] kinds;
  private int size;

  /** Of no page. */
  public PageSummary() {
    this(MIN_CAPACITY);
  }

  private PageSummary(int capacity) {
    numbers = new int[capacity];
    hashes = new long[capacity];
    parents = new int[capacity];
    kinds = new byte[capacity];
  }

  /** Of all pages of a page set, in order of number; each must have an owner. */
  public static PageSummary of(PageSet pages, PageOwners owners) {
    int[] numbers = pages.pageNumbers();
    PageSummary summary = new PageSummary(numbers.length);
    for (int page : numbers) {
      summary.add(page, pages.hash(page), owners.parent(page), owners.kind(page));
    }
    return summary;
  }

  /**
   * Adds a page.
   *
   * @param hash of its image
   * @param parent the page that leads to it, {@link PageOwners#ROOT} for a root
   * @param kind one of {@link PageOwners}'s kinds
   */
  public void add(int pageNumber, long hash, int parent, byte kind) {
    if (size == numbers.length) {
      int capacity = Math.max(MIN_CAPACITY, size * 2);
      numbers = Arrays.copyOf(numbers, capacity);
      hashes = Arrays.copyOf(hashes, capacity);
      parents = Arrays.copyOf(parents, capacity);
      kinds = Arrays.copyOf(kinds, capacity);
    }
    numbers[size] = pageNumber;
    hashes[size] = hash;
    parents[size] = parent;
    kinds[size++] = kind;
  }

  /** How many pages. */
  public int size() {
    return size;
  }

  /** The number of the page at an index, 0 to {@code size() - 1}. */
  public int pageNumber(int index) {
    return numbers[index];
  }

  /** The hash of its image. */
  public long hash(int index) {
    return hashes[index];
  }

  /** The page that leads to it; {@link PageOwners#ROOT} for a root. */
  public int parent(int index) {
    return parents[index];
  }

  /** What it is, one of {@link PageOwners}'s kinds. */
  public byte kind(int index) {
    return kinds[index];
  }

  /** Whether the page at an index is the root of a tree. */
  public boolean isRoot(int index) {
    return parents[index] == PageOwners.ROOT;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PageSummary that
        && size == that.size
        && Arrays.equals(numbers, 0, size, that.numbers, 0, size)
        && Arrays.equals(hashes, 0, size, that.hashes, 0, size)
        && Arrays.equals(parents, 0, size, that.parents, 0, size)
        && Arrays.equals(kinds, 0, size, that.kinds, 0, size);
  }

  @Override
  public int hashCode() {
    int hash = size;
    for (int i = 0; i < size; i++) {
      hash = 31 * hash + Long.hashCode(hashes[i]);
    }
    return hash;
  }
}
