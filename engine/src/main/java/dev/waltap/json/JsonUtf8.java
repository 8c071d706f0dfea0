// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Text as it stands between the quotes of a JSON string, in UTF-8: quotes, backslashes and control
 * characters escaped, all else as it is. Stored bytes are checked, escaped and copied in one pass,
 * eight at a time where they are plain.
 */
final class JsonUtf8 {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Bytes or characters between two looks whether there is room. */
  private static final int PIECE = 4096;

  /** The most bytes that a character becomes: as {@code \\u001F}. */
  private static final int LONGEST = 6;

  private static final long EACH = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** Hexadecimal digits, by their value. */
  static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private JsonUtf8() {}

  /** Writes stored bytes, malformed ones as U+FFFD, as many as {@link String} makes of them. */
  static void write(byte[] text, int from, int to, JsonBytes json) throws IOException {
    byte[] buffer = json.buffer();
    int at = from;
    while (at < to) {
      int pieceEnd = Math.min(to, at + PIECE);
      int end = json.room(pieceEnd - at + Long.BYTES);
      int next = plain(text, at, pieceEnd, buffer, end);
      end += next - at;
      json.end(end);
      at = next;
      if (at == pieceEnd) {
        continue;
      }
      if (text[at] >= 0) {
        json.end(escape(text[at++], buffer, json.room(LONGEST)));
        continue;
      }
      next = wide(text, at, to, pieceEnd);
      if (next == at) {
        write(new String(text, at, to - at, StandardCharsets.UTF_8), json);
        return;
      }
      json.write(text, at, next - at);
      at = next;
    }
  }

  /**
   * Copies plain characters, that is ASCII that needs no escape; returns where they end. What it
   * puts behind them, up to seven bytes, is without meaning.
   */
  private static int plain(byte[] text, int from, int to, byte[] buffer, int offset) {
    int shift = offset - from;
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long word = (long) WORD.get(text, at);
      WORD.set(buffer, at + shift, word);
      long others = others(word);
      if (others != 0) {
        return at + Long.numberOfTrailingZeros(others) / Byte.SIZE;
      }
    }
    for (; at < to && isPlain(text[at]); at++) {
      buffer[at + shift] = text[at];
    }
    return at;
  }

  /** The high bit of the first byte that is not plain; of those behind it, it may be wrong. */
  private static long others(long word) {
    long control = word - ' ' * EACH;
    long quote = (word ^ '"' * EACH) - EACH;
    long backslash = (word ^ '\\' * EACH) - EACH;
    return (word | control | quote | backslash) & HIGH_BITS;
  }

  private static boolean isPlain(int character) {
    return character >= ' ' && character != '"' && character != '\\';
  }

  /** Where the well-formed characters that are not ASCII end, of those that begin in the piece. */
  private static int wide(byte[] text, int from, int to, int pieceEnd) {
    int at = from;
    while (at < pieceEnd && text[at] < 0) {
      int length = wideLength(text, at, to);
      if (length == 0) {
        break;
      }
      at += length;
    }
    return at;
  }

  /** The bytes of the character of more than one byte that begins here; 0 if it is malformed. */
  private static int wideLength(byte[] text, int at, int to) {
    int first = text[at] & 0xff;
    int length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || length > to - at) {
      return 0;
    }
    int second = text[at + 1] & 0xff;
    // Neither a longer form than need be, nor half of a surrogate pair, nor past the last one.
    int least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    boolean wellFormed = second >= least && second <= most;
    for (int i = 2; i < length; i++) {
      wellFormed &= (text[at + i] & 0xc0) == 0x80;
    }
    return wellFormed ? length : 0;
  }

  /** Writes text, lone surrogates as U+FFFD. */
  static void write(String text, JsonBytes json) throws IOException {
    byte[] buffer = json.buffer();
    int at = 0;
    while (at < text.length()) {
      int pieceEnd = Math.min(text.length(), at + PIECE);
      int end = json.room(LONGEST * (pieceEnd - at + 1));
      while (at < pieceEnd) {
        char character = text.charAt(at);
        if (character >= 0x80) {
          int codePoint = text.codePointAt(at);
          end = encode(codePoint, buffer, end);
          at += Character.charCount(codePoint);
        } else if (isPlain(character)) {
          buffer[end++] = (byte) character;
          at++;
        } else {
          end = escape(character, buffer, end);
          at++;
        }
      }
      json.end(end);
    }
  }

  private static int encode(int codePoint, byte[] buffer, int offset) {
    int character =
        codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE
            ? 0xfffd
            : codePoint;
    int at = offset;
    if (character < 0x800) {
      buffer[at++] = (byte) (0xc0 | (character >> 6));
    } else {
      if (character < 0x10000) {
        buffer[at++] = (byte) (0xe0 | (character >> 12));
      } else {
        buffer[at++] = (byte) (0xf0 | (character >> 18));
        buffer[at++] = (byte) (0x80 | ((character >> 12) & 0x3f));
      }
      buffer[at++] = (byte) (0x80 | ((character >> 6) & 0x3f));
    }
    buffer[at++] = (byte) (0x80 | (character & 0x3f));
    return at;
  }

  private static int escape(int character, byte[] buffer, int offset) {
    int at = offset;
    buffer[at++] = '\\';
    int letter =
        switch (character) {
          case '\b' -> 'b';
          case '\t' -> 't';
          case '\n' -> 'n';
          case '\f' -> 'f';
          case '\r' -> 'r';
          case '"', '\\' -> character;
          default -> 'u';
        };
    buffer[at++] = (byte) letter;
    if (letter == 'u') {
      buffer[at++] = '0';
      buffer[at++] = '0';
      buffer[at++] = HEX[character >> 4];
      buffer[at++] = HEX[character & 15];
    }
    return at;
  }
}
