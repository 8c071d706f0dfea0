// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The columns of tables as they stand before each value, {@code ,"name":}. They are in every line,
 * and escaped once for each list of names, which all rows of a table share. For one thread.
 */
final class JsonColumns {

  /** Schemas come and go; what their columns were called is not kept for ever. */
  private static final int MAX_LISTS = 1000;

  private final IdentityHashMap<List<String>, byte[][]> known = new IdentityHashMap<>();

  byte[][] of(List<String> names) {
    byte[][] columns = known.get(names);
    if (columns == null) {
      columns = escaped(names);
      if (known.size() >= MAX_LISTS) {
        known.clear();
      }
      known.put(names, columns);
    }
    return columns;
  }

  private static byte[][] escaped(List<String> names) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JsonBytes json = new JsonBytes(bytes);
    byte[][] columns = new byte[names.size()][];
    try {
      for (int i = 0; i < columns.length; i++) {
        json.write(',');
        json.string(names.get(i));
        json.write(':');
        json.flush();
        columns[i] = bytes.toByteArray();
        bytes.reset();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Memory does not fail so.
    }
    return columns;
  }
}
