// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.io.IOException;
import java.io.OutputStream;

/**
 * JSON as bytes of UTF-8, made straight from values, without an object for any of them, and written
 * to a stream by the buffer. What a stream's failure leaves in the buffer is never written. For one
 * thread, which calls {@link #flush} in the end; nobody closes it.
 */
final class JsonBytes extends OutputStream {
  static final int CAPACITY = 32 * 1024;

  /** The most digits of a long, and a sign. */
  private static final int MAX_NUMBER_SIZE = 20;

  /** Reals from here on, and below the least, have an exponent. */
  private static final double MAX_PLAIN = 1e7;

  private static final double MIN_PLAIN = 1e-3;

  /** Fraction digits that are looked for: with the seven before them they are exact in a double. */
  private static final int FRACTION = 100_000_000;

  private static final byte[] PAIRS = pairs();
  private static final long[] POWERS = powers();

  private final OutputStream out;
  private final byte[] buffer = new byte[CAPACITY];
  private int size;
  private long handedOver;

  JsonBytes(OutputStream out) {
    this.out = out;
  }

  /** The array to put bytes into, from {@link #room} on. */
  byte[] buffer() {
    return buffer;
  }

  /**
   * Makes room for so many bytes.
   *
   * @param count {@value #CAPACITY} at most
   * @return where in the buffer they begin
   */
  int room(int count) throws IOException {
    if (count > CAPACITY - size) {
      flush();
    }
    return size;
  }

  /** Where the bytes in the buffer end. */
  int size() {
    return size;
  }

  /** How many bytes of the buffer the stream was given; the same as long as none of it was. */
  long handedOver() {
    return handedOver;
  }

  /** The bytes put into the buffer end here. */
  void end(int at) {
    size = at;
  }

  /** An ASCII character as it is. */
  @Override
  public void write(int character) throws IOException {
    room(1);
    buffer[size++] = (byte) character;
  }

  /** Bytes as they are. */
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length > CAPACITY) {
      flush();
      out.write(bytes, offset, length);
      return;
    }
    System.arraycopy(bytes, offset, buffer, room(length), length);
    size += length;
  }

  /** Bytes as they are. */
  @Override
  public void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  /** Hands the stream all that is in the buffer; does not flush the stream. */
  @Override
  public void flush() throws IOException {
    int length = size;
    size = 0; // First: after a failure nothing of it may be written again.
    if (length > 0) {
      handedOver += length;
      out.write(buffer, 0, length);
    }
  }

  /** Drops what is in the buffer. */
  void drop() {
    size = 0;
  }

  /** A string of the stored bytes of a text in UTF-8, malformed ones as U+FFFD. */
  void utf8(byte[] text, int offset, int length) throws IOException {
    write('"');
    JsonUtf8.write(text, offset, offset + length, this);
    write('"');
  }

  /** A string of this text, lone surrogates as U+FFFD. */
  void string(String text) throws IOException {
    write('"');
    JsonUtf8.write(text, this);
    write('"');
  }

  /** No value. */
  void writeNull() throws IOException {
    ascii("null");
  }

  /** A whole number. */
  void number(long value) throws IOException {
    if (value == Long.MIN_VALUE) {
      ascii("-9223372036854775808");
      return;
    }
    int at = room(MAX_NUMBER_SIZE);
    if (value < 0) {
      buffer[at++] = '-';
    }
    size = digits(Math.abs(value), at);
  }

  /** Puts the digits of a number that is not negative; returns where they end. */
  private int digits(long value, int at) {
    int end = at + digitCount(value);
    int next = end;
    long rest = value;
    while (rest >= 100) {
      long hundreds = rest / 100;
      int pair = 2 * (int) (rest - 100 * hundreds);
      buffer[--next] = PAIRS[pair + 1];
      buffer[--next] = PAIRS[pair];
      rest = hundreds;
    }
    if (rest >= 10) {
      buffer[--next] = PAIRS[2 * (int) rest + 1];
      buffer[--next] = PAIRS[2 * (int) rest];
    } else {
      buffer[--next] = (byte) ('0' + rest);
    }
    return end;
  }

  private static int digitCount(long value) {
    // A bit is 0.301 digits: right, or one too few, by its length alone.
    int least = ((Long.SIZE - Long.numberOfLeadingZeros(value | 1)) * 1233) >>> 12;
    return value < POWERS[least] ? least : least + 1;
  }

  /** The numbers from 00 to 99. */
  private static byte[] pairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[2 * i] = (byte) ('0' + i / 10);
      pairs[2 * i + 1] = (byte) ('0' + i % 10);
    }
    return pairs;
  }

  /** The least number of more than so many digits, but 0 has one. */
  private static long[] powers() {
    long[] powers = new long[MAX_NUMBER_SIZE - 1];
    long power = 1;
    for (int i = 1; i < powers.length; i++) {
      power *= 10;
      powers[i] = power;
    }
    return powers;
  }

  /**
   * The shortest digits that read back as the same number, alike on every JDK, with a fraction or
   * an exponent; {@code null} for what is no number, {@code 9e999} for infinity.
   */
  void real(double value) throws IOException {
    if (Double.isNaN(value)) {
      writeNull();
    } else if (Double.isInfinite(value)) {
      ascii(value > 0 ? "9e999" : "-9e999");
    } else if (!shortReal(value)) {
      ascii(NumberOutput.toString(value, true));
    }
  }

  /**
   * A number of few digits, as prices and measures are, without a string of it. Of all decimals of
   * up to 15 digits, one alone reads back as this very number; it is the shortest, then.
   */
  private boolean shortReal(double value) throws IOException {
    double magnitude = Math.abs(value);
    if (!(magnitude < MAX_PLAIN) || (magnitude < MIN_PLAIN && magnitude != 0)) {
      return false;
    }
    long scaled = (long) (magnitude * FRACTION + 0.5);
    if ((double) scaled / FRACTION != magnitude) {
      return false;
    }
    int at = room(2 * MAX_NUMBER_SIZE);
    if (Double.doubleToRawLongBits(value) < 0) {
      buffer[at++] = '-';
    }
    at = digits(scaled / FRACTION, at);
    buffer[at++] = '.';
    int fraction = (int) (scaled % FRACTION);
    do {
      buffer[at++] = (byte) ('0' + fraction / (FRACTION / 10));
      fraction = fraction % (FRACTION / 10) * 10;
    } while (fraction != 0);
    size = at;
    return true;
  }

  /** Characters of ASCII as they are; few. */
  void ascii(String text) throws IOException {
    int at = room(text.length());
    for (int i = 0; i < text.length(); i++) {
      buffer[at + i] = (byte) text.charAt(i);
    }
    size = at + text.length();
  }
}
