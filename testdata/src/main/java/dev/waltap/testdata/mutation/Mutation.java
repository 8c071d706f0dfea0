// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Damages bytes: flips bits, splices, and puts numbers where they do the most harm. */
final class Mutation {
  private static final int[] NUMBERS = {
    0, 1, 2, 3, 5, 10, 13, 0x7f, 0x80, 0xff, 0xffff, 1 << 30, Integer.MAX_VALUE, -1, 1 << 31
  };

  private final Random random;

  Mutation(Random random) {
    this.random = random;
  }

  /** A transaction of a database, with damage in one to three of its pages. */
  static RecordedDatabase.Written damaged(RecordedDatabase base, int version, Random random) {
    RecordedDatabase.Written whole = base.transactions().get(version);
    Map<Integer, byte[]> pages = new TreeMap<>(whole.pages());
    Mutation mutation = new Mutation(random);
    List<Integer> numbers = new ArrayList<>(pages.keySet());
    for (int i = random.nextInt(3); i >= 0; i--) {
      int number = numbers.get(random.nextInt(numbers.size()));
      int donor = 1 + random.nextInt(base.pageCount(version));
      pages.compute(
          number,
          (page, image) -> {
            byte[] damaged = image == null ? base.page(version, donor) : image.clone();
            mutation.damage(damaged, base.page(version, donor));
            return damaged;
          });
    }
    return new RecordedDatabase.Written(pages, mutation.size(whole.databaseSize()));
  }

  /** The size of a database, seldom another one. */
  private int size(int pages) {
    return random.nextInt(50) == 0 ? Math.max(1, pages - 4 + random.nextInt(8)) : pages;
  }

  /**
   * Damages an array in one to four places.
   *
   * @param donor an array whose bytes are spliced in
   */
  void damage(byte[] bytes, byte[] donor) {
    damage(bytes, 0, bytes.length, donor);
  }

  /** Damages a range of an array in one to four places. */
  void damage(byte[] bytes, int offset, int size, byte[] donor) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      one(bytes, offset, size, donor);
    }
  }

  private void one(byte[] bytes, int offset, int size, byte[] donor) {
    int at = offset + place(size);
    int end = offset + size;
    switch (random.nextInt(6)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 ->
          put(bytes, at, end, NUMBERS[random.nextInt(NUMBERS.length)], 1 << random.nextInt(3));
      case 3 -> put(bytes, at, end, random.nextInt(200), 4);
      case 4 -> put(bytes, at, end, random.nextInt(), 4);
      default -> {
        int from = random.nextInt(donor.length);
        int max = Math.min(donor.length - from, end - at);
        System.arraycopy(donor, from, bytes, at, 1 + random.nextInt(max));
      }
    }
  }

  /** Headers and cell pointers come first. */
  private int place(int length) {
    return random.nextInt(3) == 0 ? random.nextInt(Math.min(64, length)) : random.nextInt(length);
  }

  private static void put(byte[] bytes, int at, int end, int number, int size) {
    for (int i = 0; i < size && at + i < end; i++) {
      bytes[at + i] = (byte) (number >>> (8 * (size - 1 - i)));
    }
  }
}
