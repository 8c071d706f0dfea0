// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.btree.PageSummary;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code summary}: what the page table holds, for whoever opens the state and does not
 * want to read all of it. Row 0 has no data, and the hash of all that has to hold together: the
 * form, the page table that it is of, and the hashes of the other rows. Row {@code i + 1} has the
 * pages from {@code i *} {@value #PAGES} on, up to that many, in order of number, packed; a row's
 * hash is that of its data. So a row is as it was where its pages are, and is not written again.
 * Older ones may have been divided otherwise, which makes no difference to who reads them.
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
 * <p>Version 3 of a state may have no such table, and its pages' hashes are of version 3: of a
 * state without a seed nothing is summed up. For one thread.
 */
final class SummaryTable {
  private static final String FORM = "1";
  private static final int PAGES = 4096;
  private static final int BYTES_PER_PAGE = 17;

  private final StateFile file;
  private final Lz4Codec codec = new Lz4Codec();

  /** What {@link #start} says of the page table that the rows are of; null if they are of none. */
  private @Nullable Long of;

  /** By number, the hashes of the rows that are in the file; empty if they are not known. */
  private final Map<Integer, Long> rows = new HashMap<>();

  /** Whether the file is known to have the table. */
  private boolean isThere;

  SummaryTable(StateFile file) {
    this.file = file;
  }

  /** Reads it; null unless it is there, whole, and of this page table. */
  @Nullable PageSummary read(StateHeader head) throws SQLException {
    of = null;
    rows.clear();
    PreparedStatement select = file.isSeeded() ? select() : null;
    if (select == null) {
      return null;
    }
    isThere = true;
    try (select;
        ResultSet row = select.executeQuery()) {
      if (!row.next() || row.getLong(1) != 0) {
        return null;
      }
      long expected = row.getLong(2);
      long all = start(head);
      PageSummary summary = new PageSummary();
      Map<Integer, Long> hashes = new HashMap<>();
      while (row.next()) {
        byte[] data = row.getBytes(4);
        if (data == null || Lz4Codec.hash(data, 0) != row.getLong(2)) {
          return null;
        }
        all = Lz4Codec.spread(all + row.getLong(2));
        unpack(data, row.getInt(3), summary);
        hashes.put(row.getInt(1), row.getLong(2));
      }
      if (all != expected) {
        return null;
      }
      of = start(head);
      rows.putAll(hashes);
      return summary;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Null if there is no such table; asked of SQLite only then, since most have one. */
  private @Nullable PreparedStatement select() throws SQLException {
    try {
      return file.prepare("SELECT * FROM summary ORDER BY id");
    } catch (SQLException e) {
      if (file.hasTable("summary")) {
        throw e;
      }
      return null;
    }
  }

  /** Whether what was read or written last is of this page table. */
  boolean isOf(StateHeader head) {
    Long known = of;
    return known != null && known == start(head);
  }

  /**
   * Writes it, as a part of the commit that is under way, in place of an earlier one. Of one that
   * was read, rows that are the same now are left alone.
   */
  void write(StateHeader head, PageSummary summary) throws SQLException {
    if (!isThere) {
      file.run(
          "CREATE TABLE IF NOT EXISTS summary(id INTEGER PRIMARY KEY, hash INTEGER, size INTEGER,"
              + " data BLOB)");
    }
    if (rows.isEmpty()) {
      file.run("DELETE FROM summary");
    }
    try (PreparedStatement insert =
        file.prepare("INSERT OR REPLACE INTO summary VALUES(?,?,?,?)")) {
      long all = start(head);
      for (int from = 0, to; from < summary.size(); from = to) {
        int id = row(summary, from);
        to = from + 1;
        while (to < summary.size() && row(summary, to) == id) {
          to++;
        }
        byte[] raw = raw(summary, from, to);
        byte[] data = codec.pack(raw, raw.length);
        long hash = Lz4Codec.hash(data, 0);
        all = Lz4Codec.spread(all + hash);
        Long earlier = rows.remove(id);
        if (earlier == null || earlier != hash) {
          insert(insert, id, hash, raw.length, data);
        }
      }
      insert(insert, 0, all, 0, null);
    }
    for (int gone : rows.keySet()) {
      file.run("DELETE FROM summary WHERE id = " + gone);
    }
    rows.clear();
  }

  /** The row of the page at an index. */
  private static int row(PageSummary summary, int index) {
    return 1 + Integer.divideUnsigned(summary.pageNumber(index), PAGES);
  }

  private static void insert(
      PreparedStatement insert, int id, long hash, int size, byte @Nullable [] data)
      throws SQLException {
    insert.setInt(1, id);
    insert.setLong(2, hash);
    insert.setInt(3, size);
    insert.setBytes(4, data);
    insert.execute();
  }

  /** What names a page table; the digest is a sum of hashes of all its pages under a secret. */
  private static long start(StateHeader head) {
    String of = String.join("\n", FORM, head.base.store(), head.pages + "," + head.digest);
    return Lz4Codec.hash(of.getBytes(StandardCharsets.UTF_8), 0);
  }

  private static byte[] raw(PageSummary summary, int from, int to) {
    ByteBuffer raw = ByteBuffer.allocate(4 + (to - from) * BYTES_PER_PAGE);
    raw.putInt(to - from);
    for (int i = from; i < to; i++) {
      raw.putInt(summary.pageNumber(i) - (i == from ? 0 : summary.pageNumber(i - 1)));
    }
    for (int i = from; i < to; i++) {
      raw.putInt(summary.parent(i));
    }
    for (int i = from; i < to; i++) {
      raw.put(summary.kind(i));
    }
    for (int i = from; i < to; i++) {
      raw.putLong(summary.hash(i));
    }
    return raw.array();
  }

  private void unpack(byte[] data, int size, PageSummary to) {
    if (size < 4 || size > 4 + PAGES * BYTES_PER_PAGE) {
      throw new IllegalArgumentException("a row of " + size + " bytes");
    }
    byte[] bytes = new byte[size];
    if (!codec.unpack(data, bytes, size)) {
      throw new IllegalArgumentException("a row that cannot be unpacked");
    }
    ByteBuffer numbers = ByteBuffer.wrap(bytes);
    int count = numbers.getInt();
    if (count < 0 || count > PAGES) {
      throw new IllegalArgumentException("a row of " + count + " pages");
    }
    ByteBuffer parents = ByteBuffer.wrap(bytes).position(4 + 4 * count);
    ByteBuffer kinds = ByteBuffer.wrap(bytes).position(4 + 8 * count);
    ByteBuffer hashes = ByteBuffer.wrap(bytes).position(4 + 9 * count);
    int number = 0;
    for (int i = 0; i < count; i++) {
      number += numbers.getInt();
      to.add(number, hashes.getLong(), parents.getInt(), kinds.get());
    }
  }
}
