package dev.waltap.testdata.mutation;

import java.util.Random;

/** Damages bytes: flips bits, splices, and puts numbers where they do the most harm. */
final class Mutation {
  private static final int[] NUMBERS = {0, 1, 2, 3, 5, 10, 13, 0x7f, 0x80, 0xff, 0xffff, 1 << 30};

  private final Random random;

  Mutation(Random random) {
    this.random = random;
  }

  /**
   * Damages an array in one to four places.
   *
   * @param donor an array whose bytes are spliced in
   */
  void damage(byte[] bytes, byte[] donor) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      one(bytes, donor);
    }
  }

  private void one(byte[] bytes, byte[] donor) {
    int at = place(bytes.length);
    switch (random.nextInt(5)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> put(bytes, at, NUMBERS[random.nextInt(NUMBERS.length)], 1 + random.nextInt(4));
      case 3 -> put(bytes, at, random.nextInt(200), 4);
      default -> {
        int from = random.nextInt(donor.length);
        int most = Math.min(donor.length - from, bytes.length - at);
        System.arraycopy(donor, from, bytes, at, 1 + random.nextInt(most));
      }
    }
  }

  /** Headers and cell pointers stand in front. */
  private int place(int length) {
    return random.nextInt(3) == 0 ? random.nextInt(Math.min(64, length)) : random.nextInt(length);
  }

  private static void put(byte[] bytes, int at, int number, int size) {
    for (int i = 0; i < size && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (number >>> (8 * (size - 1 - i)));
    }
  }
}
