// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;

/** SQL expressions of values that like to be decoded or ordered wrongly. */
final class RandomValues {

  private static final long[] INTEGERS = {
    0,
    1,
    -1,
    127,
    128,
    -128,
    -129,
    32767,
    32768,
    -32769,
    8388607,
    8388608,
    -8388609,
    1L << 31,
    (1L << 47) - 1,
    1L << 47,
    -(1L << 47) - 1,
    1L << 53,
    (1L << 53) + 1,
    -(1L << 53) - 1,
    Long.MAX_VALUE,
    Long.MAX_VALUE - 1,
    Long.MIN_VALUE + 1
  };
  private static final String[] REALS = {
    "0.0",
    "-0.0",
    "0.5",
    "1.0",
    "-1.0",
    "9007199254740992.0",
    "9007199254740993.0",
    "9.3e18",
    "9223372036854775807.0",
    "-9223372036854775808.0",
    "9e999",
    "-9e999",
    "5e-324",
    "1e300"
  };
  private static final String[] PIECES = {
    "a",
    "A",
    "b",
    "B",
    " ",
    "  ",
    "Z",
    "[",
    "`",
    "z",
    "é",
    "É",
    "\u0000",
    "\uffff",
    "\ue000",
    "\ud83d\ude00",
    "\ud800",
    "\udc00",
    "日"
  };

  private final Random random;

  RandomValues(Random random) {
    this.random = random;
  }

  /** Any value; NULL among them. */
  String any() {
    return random.nextInt(10) == 0 ? "NULL" : notNull();
  }

  String notNull() {
    return switch (random.nextInt(6)) {
      case 0 -> Long.toString(INTEGERS[random.nextInt(INTEGERS.length)]);
      case 1 -> Long.toString(random.nextLong() >> random.nextInt(64));
      case 2 -> REALS[random.nextInt(REALS.length)];
      case 3 -> Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(20)));
      case 4 -> text();
      default -> "x'" + hex(random.nextInt(4) == 0 ? 200 : 4) + "'";
    };
  }

  /** Text, mostly well-formed, in the encoding of the database it is run in. */
  String text() {
    if (random.nextInt(10) == 0) {
      return "CAST(x'" + hex(7) + "' AS TEXT)";
    }
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    boolean wide = random.nextBoolean();
    byte[] bytes =
        text.toString().getBytes(wide ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8);
    return "CAST(x'" + HexFormat.of().formatHex(bytes) + "' AS TEXT)";
  }

  private String hex(int bound) {
    byte[] bytes = new byte[random.nextInt(bound)];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
