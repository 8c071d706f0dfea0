// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.model.Value;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/** Random values, most of them at some edge. */
final class Values {
  private static final long[] INTEGERS = {
    0,
    1,
    -1,
    2,
    127,
    128,
    -128,
    -129,
    32767,
    32768,
    -32768,
    -32769,
    8388607,
    8388608,
    -8388608,
    -8388609,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 31,
    (1L << 47) - 1,
    1L << 47,
    -(1L << 47),
    -(1L << 47) - 1,
    (1L << 53) + 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final double[] REALS = {
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1e100,
    -1e-300,
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    9007199254740992.0,
    1e18,
    9.3e18,
    3e15
  };
  private static final String[] TEXTS = {
    "",
    "a",
    "A",
    "a ",
    "a  ",
    "abc",
    "ABC",
    "1",
    "1.0",
    "-7",
    "1e5",
    " 12",
    "0x10",
    "NULL",
    "Grüße",
    "日本語",
    "😀",
    "\uFEFFbom",
    "e\u0301",
    "line\nbreak",
    "quote'\"\\",
    "\u0001"
  };
  private static final String[] BROKEN = {
    "ff",
    "c3",
    "61c3",
    "e282",
    "f09f98",
    "c080",
    "eda080",
    "f4908080",
    "80",
    "6100",
    "00",
    "610062",
    "00d8",
    "d800",
    "00d83dd8",
    "feff",
    "fffe",
    "efbbbf61"
  };

  private final Random random;
  private final Set<Feature> features;
  private final Charset charset;
  private final int pageSize;

  Values(Random random, Set<Feature> features, Charset charset, int pageSize) {
    this.random = random;
    this.features = features;
    this.charset = charset;
    this.pageSize = pageSize;
  }

  Value any() {
    return switch (random.nextInt(12)) {
      case 0, 1 -> Value.NULL;
      case 2, 3, 4 -> integer();
      case 5, 6 -> real();
      case 7, 8, 9 -> text();
      case 10 -> Value.blob(bytes(random.nextInt(20)));
      default -> big();
    };
  }

  /** A value likely to suit the column's declared type, and sometimes not. */
  Value forType(String type) {
    if (random.nextInt(8) == 0) {
      return any();
    }
    return switch (type) {
      case "INTEGER", "INT", "BIGINT" -> integer();
      case "REAL", "DOUBLE" -> random.nextInt(3) == 0 ? integer() : real();
      case "TEXT", "VARCHAR(20)" -> random.nextInt(12) == 0 ? big() : text();
      case "BLOB" -> random.nextInt(8) == 0 ? big() : Value.blob(bytes(random.nextInt(40)));
      default -> any();
    };
  }

  Value integer() {
    return switch (random.nextInt(4)) {
      case 0 -> Value.of(INTEGERS[random.nextInt(INTEGERS.length)]);
      case 1 -> Value.of(random.nextLong() >> random.nextInt(64));
      default -> Value.of((long) random.nextInt(200));
    };
  }

  private Value real() {
    return switch (random.nextInt(4)) {
      case 0 -> Value.of(REALS[random.nextInt(REALS.length)]);
      case 1 -> Value.of((double) random.nextInt(1000));
      default -> Value.of(random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10));
    };
  }

  private Value text() {
    if (features.contains(Feature.MALFORMED_TEXT) && random.nextInt(10) == 0) {
      byte[] broken = java.util.HexFormat.of().parseHex(BROKEN[random.nextInt(BROKEN.length)]);
      return Value.text(broken, charset);
    }
    String text = TEXTS[random.nextInt(TEXTS.length)];
    if (random.nextInt(3) == 0) {
      text += random.nextInt(1000);
    }
    return Value.text(text.getBytes(charset), charset);
  }

  /** A value of overflow size, if big values are wanted. */
  Value big() {
    if (!features.contains(Feature.BIG_VALUES)) {
      return text();
    }
    int size =
        switch (random.nextInt(200)) {
          case 0 -> 100_000 + random.nextInt(900_000);
          case 1, 2, 3, 4 -> 20_000 + random.nextInt(50_000);
          case 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 ->
              pageSize * (1 + random.nextInt(3)) - random.nextInt(40);
          default -> 80 + random.nextInt(Math.min(pageSize, 8192));
        };
    byte[] bytes = bytes(size);
    if (random.nextBoolean()) {
      return Value.blob(bytes);
    }
    byte[] text = new byte[size & ~1];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + (bytes[i] & 15));
    }
    return Value.text(text, charset);
  }

  private byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    // Many times as fast for the large ones, which took most of a run.
    new SplittableRandom(random.nextLong()).nextBytes(bytes);
    return bytes;
  }

  /** The same number of bytes, one of them another; the value itself if it has none. */
  Value withOneByteChanged(Value value) {
    byte[] bytes = value.bytes();
    if (bytes == null || bytes.length == 0) {
      return value;
    }
    byte[] other = Arrays.copyOf(bytes, bytes.length);
    other[random.nextInt(other.length)] ^= 1;
    return switch (value.kind()) {
      case BLOB -> Value.blob(other);
      case TEXT -> Value.text(other, charset);
      default -> Objects.requireNonNull(value);
    };
  }
}
