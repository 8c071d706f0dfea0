// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.btree.PageSummary;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of the table {@code summary}, in order of their ids, and makes a summary of them
 * if they are whole, and of the page table at hand. Row 0 has no data, and the hash of all that has
 * to hold together: the form, the page table that it is of, and the hashes of the other rows. Row
 * {@code i + 1} has the pages from {@code i *} {@value #PAGES} on, up to that many, in order of
 * number, packed; a row's hash is that of its data. So a row is as it was where its pages are, and
 * is not written again. Older ones may have been divided otherwise, which makes no difference to
 * who reads them.
 *
 * <pre>
 * SIZE  MEANING
 *    4  how many pages
 *   4n  their numbers, each less the one before
 *   4n  the page that leads to each
 *    n  what each is
 *   8n  hashes of their images
 * </pre>
 *
 * <p>For one thread.
 */
final class SummaryRows {
  static final int PAGES = 4096;
  static final int BYTES_PER_PAGE = 17;
  private static final String FORM = "1";

  private final Lz4Codec codec = new Lz4Codec();
  private final PageSummary summary = new PageSummary();
  private final Map<Integer, Long> hashes = new HashMap<>();
  private @Nullable Long expected;
  private long all;

  /** None yet, of a state with this head. */
  SummaryRows(StateHeader head) {
    this.all = start(head);
  }

  /** What names a page table; the digest is a sum of hashes of all its pages under a secret. */
  static long start(StateHeader head) {
    String of = String.join("\n", FORM, head.base.store(), head.pages + "," + head.digest);
    return Lz4Codec.hash(of.getBytes(StandardCharsets.UTF_8), 0);
  }

  /** Reads the next row; false if it can't be one. */
  boolean add(StateRow row) throws SQLException {
    if (expected == null) {
      expected = row.number(1);
      return row.number(0) == 0;
    }
    byte[] data = row.bytes(3);
    long hash = row.number(1);
    if (data == null || Lz4Codec.hash(data, 0) != hash) {
      return false;
    }
    all = Lz4Codec.spread(all + hash);
    hashes.put((int) row.number(0), hash);
    try {
      unpack(data, (int) row.number(2));
      return true;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return false;
    }
  }

  /** The summary; null unless the rows were all of it, and it is of this page table. */
  @Nullable PageSummary whole() {
    Long known = expected;
    return known != null && known == all ? summary : null;
  }

  /** By number, the hashes of the rows that have pages. */
  Map<Integer, Long> hashes() {
    return hashes;
  }

  private void unpack(byte[] data, int size) {
    if (size < 4 || size > 4 + PAGES * BYTES_PER_PAGE) {
      throw new IllegalArgumentException("a row of " + size + " bytes");
    }
    byte[] bytes = new byte[size];
    if (!codec.unpack(data, bytes, size)) {
      throw new IllegalArgumentException("a row that cannot be unpacked");
    }
    ByteBuffer numbers = ByteBuffer.wrap(bytes);
    int count = numbers.getInt();
    if (count < 0 || size != 4 + count * (long) BYTES_PER_PAGE) {
      throw new IllegalArgumentException("a row of " + count + " pages");
    }
    ByteBuffer parents = ByteBuffer.wrap(bytes).position(4 + 4 * count);
    ByteBuffer kinds = ByteBuffer.wrap(bytes).position(4 + 8 * count);
    ByteBuffer images = ByteBuffer.wrap(bytes).position(4 + 9 * count);
    int number = 0;
    for (int i = 0; i < count; i++) {
      number += numbers.getInt();
      summary.add(number, images.getLong(), parents.getInt(), kinds.get());
    }
  }
}
