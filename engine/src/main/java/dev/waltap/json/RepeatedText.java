// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A part of a line that many changes in a row have in common. It is kept as bytes once it was
 * written twice, so that a transaction of one row costs no more than before. For one thread.
 *
 * <pre>
 *  if (!part.write(a, b, c, d, e, json)) {
 *    … writes the part into json, piece by piece …
 *    part.written(json);
 *  }
 * </pre>
 */
final class RepeatedText {
  private static final int MAX_SIZE = 512;
  private static final byte[] NONE = {};

  private @Nullable Object first;
  private @Nullable Object second;
  private @Nullable Object third;
  private long fourth;
  private long fifth;
  private byte[] text = NONE;
  private boolean repeated;
  private int start;
  private long handedOver;

  /**
   * Writes the part, if it is known. It is the same as long as what it is made of is: three
   * objects, compared by identity, and two numbers.
   *
   * @return false if it is to be written piece by piece
   */
  boolean write(Object a, Object b, Object c, long d, long e, JsonBytes json) throws IOException {
    boolean same = a == first && b == second && c == third && d == fourth && e == fifth;
    if (same && text.length > 0) {
      json.write(text);
      return true;
    }
    first = a;
    second = b;
    third = c;
    fourth = d;
    fifth = e;
    repeated = same;
    text = NONE;
    start = json.room(MAX_SIZE);
    handedOver = json.handedOver();
    return false;
  }

  /** It was written piece by piece. */
  void written(JsonBytes json) {
    int end = json.size();
    // What was flushed in between is longer, and written piece by piece each time.
    if (repeated && json.handedOver() == handedOver && end - start <= MAX_SIZE) {
      text = Arrays.copyOfRange(json.buffer(), start, end);
    }
  }
}
