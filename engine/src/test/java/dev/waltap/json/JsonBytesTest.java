// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Values as bytes of JSON, each as a JSON library and the JDK's decoder have it. */
class JsonBytesTest {
  private static final long SEED = Long.getLong("waltap.seed", new Random().nextLong());

  /** Bytes at the bounds of what UTF-8 allows at one place or another. */
  private static final int[] BOUNDS = {
    0x00, 0x1f, 0x20, 0x22, 0x5c, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf,
    0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff
  };

  private final Random random = new Random(SEED);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final JsonBytes json = new JsonBytes(out);

  @Test
  void writesEachByteAtEachPlaceOfAWord() throws IOException {
    for (int value = 0; value < 256; value++) {
      for (int length = 1; length < 20; length++) {
        for (int at = 0; at < length; at++) {
          byte[] text = new byte[length];
          Arrays.fill(text, (byte) 'x');
          text[at] = (byte) value;
          checkStored(text);
        }
      }
    }
  }

  @Test
  void writesEachCodePointFromEitherForm() throws IOException {
    for (int from = 0; from <= Character.MAX_CODE_POINT; from += 300) {
      StringBuilder many = new StringBuilder();
      for (int i = from; i < Math.min(from + 300, Character.MAX_CODE_POINT + 1); i++) {
        many.appendCodePoint(i).append(i % 7 == 0 ? "plain ASCII" : "");
      }
      String text = many.toString();
      assertThat(string(text)).as("code points from %x", from).isEqualTo(ReferenceJson.of(text));
      checkStored(text.getBytes(StandardCharsets.UTF_8));
    }
    for (int i = 0; i <= Character.MAX_VALUE; i++) {
      checkStored(Character.toString(i).getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void writesMalformedBytesAsTheDecoderReadsThem() throws IOException {
    for (int a = 0x80; a < 256; a++) {
      for (int b = 0; b < 256; b++) {
        checkStored(new byte[] {(byte) a, (byte) b});
      }
    }
    byte[] text = new byte[4];
    for (int a : BOUNDS) {
      for (int b : BOUNDS) {
        for (int c : BOUNDS) {
          text[0] = (byte) a;
          text[1] = (byte) b;
          text[2] = (byte) c;
          text[3] = (byte) BOUNDS[random.nextInt(BOUNDS.length)];
          checkStored(text);
        }
      }
    }
  }

  @Test
  void writesLongTextAcrossItsBuffers() throws IOException {
    for (int round = 0; round < 60; round++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(100_000);
      int plain = 1 + random.nextInt(50);
      while (text.length() < length) {
        text.append("x".repeat(random.nextInt(plain)));
        text.append(
            new String[] {"\n", "é", "€", "😀", "\uD800", "\"", "\u0001"}[random.nextInt(7)]);
      }
      assertThat(string(text.toString())).isEqualTo(ReferenceJson.of(text.toString()));
      byte[] stored = text.toString().getBytes(StandardCharsets.UTF_8);
      if (random.nextBoolean()) {
        stored[stored.length - 1 - random.nextInt(stored.length)] = (byte) 0xff;
      }
      checkStored(stored);
    }
  }

  @Test
  void writesRealsByTheShortestDigits() throws IOException {
    for (int i = 0; i < 300_000; i++) {
      checkReal(Double.longBitsToDouble(random.nextLong()));
      checkReal(random.nextInt() / Math.pow(10, random.nextInt(12)));
      checkReal(random.nextLong() / Math.pow(10, random.nextInt(25)));
      checkReal(random.nextInt(1000));
    }
    for (double bound : new double[] {0, 1e-3, 1, 1e7, 1e8, 123.456, Double.MIN_NORMAL, 1e15}) {
      for (double value = bound, i = 0; i < 300; i++, value = Math.nextUp(value)) {
        checkReal(value);
        checkReal(-value);
        checkReal(Math.nextDown(2 * bound - value));
      }
    }
    checkReal(-0.0);
    checkReal(Double.MAX_VALUE);
    checkReal(Double.POSITIVE_INFINITY);
    checkReal(Double.NEGATIVE_INFINITY);
    checkReal(Double.NaN);
  }

  @Test
  void writesWholeNumbersOfAnyLength() throws IOException {
    for (int i = 0; i < 200_000; i++) {
      checkNumber(random.nextLong() >> random.nextInt(64));
    }
    for (long power = 1, i = 0; i < 19; i++, power *= 10) {
      for (int near = -2; near <= 2; near++) {
        checkNumber(power + near);
        checkNumber(-power + near);
      }
    }
    checkNumber(Long.MIN_VALUE);
    checkNumber(Long.MAX_VALUE);
  }

  @Test
  void writesBlobsOfAnyLength() throws IOException {
    for (int i = 0; i < 300; i++) {
      byte[] blob = new byte[i < 20 ? i : random.nextInt(20_000)];
      random.nextBytes(blob);
      String hex = HexFormat.of().withUpperCase().formatHex(blob);
      String base64 = Base64.getEncoder().encodeToString(blob);
      JsonBlob.write(blob, 0, blob.length, BlobFormat.HEX, json);
      assertThat(taken()).asString().isEqualTo(hex);
      JsonBlob.write(blob, 0, blob.length, BlobFormat.BASE64, json);
      assertThat(taken()).asString().isEqualTo(base64);
      ByteBuffer part = ByteBuffer.allocate(blob.length + 3).position(3).put(blob).position(3);
      JsonBlob.write(part.asReadOnlyBuffer(), BlobFormat.HEX, json);
      assertThat(taken()).asString().isEqualTo(hex);
      JsonBlob.write(part, BlobFormat.BASE64, json);
      assertThat(taken()).asString().isEqualTo(base64);
    }
  }

  private void checkStored(byte[] text) throws IOException {
    json.utf8(text, 0, text.length);
    assertThat(taken())
        .as(() -> "-Dwaltap.seed=" + SEED + ": " + HexFormat.of().formatHex(text))
        .isEqualTo(ReferenceJson.of(new String(text, StandardCharsets.UTF_8)));
  }

  private byte[] string(String text) throws IOException {
    json.string(text);
    return taken();
  }

  private void checkReal(double value) throws IOException {
    json.real(value);
    check(value, ReferenceJson.real(value));
  }

  private void checkNumber(long value) throws IOException {
    json.number(value);
    check(value, Long.toString(value));
  }

  private void check(Object value, String expected) throws IOException {
    String actual = new String(taken(), StandardCharsets.US_ASCII);
    if (!actual.equals(expected)) {
      assertThat(actual).as("-Dwaltap.seed=%d: %s", SEED, value).isEqualTo(expected);
    }
  }

  private byte[] taken() throws IOException {
    json.flush();
    byte[] bytes = out.toByteArray();
    out.reset();
    return bytes;
  }
}
