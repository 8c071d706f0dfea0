// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.btree.PageSummary;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code summary}: what the page table holds, for whoever opens the state and does not
 * want to read all of it; see {@link SummaryRows}.
 *
 * <p>Version 3 of a state may have no such table, and its pages' hashes are of version 3: of a
 * state without a seed nothing is summed up. For one thread.
 */
final class SummaryTable {
  private final StateFile file;
  private final Lz4Codec codec = new Lz4Codec();

  /**
   * What {@link SummaryRows#start} says of the page table that the rows are of; null if they are of
   * none.
   */
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
        ResultSet result = select.executeQuery()) {
      StateRow row = StateRow.of(result);
      SummaryRows read = new SummaryRows(head);
      while (result.next()) {
        if (!read.add(row)) {
          return null;
        }
      }
      PageSummary summary = read.whole();
      if (summary != null) {
        of = SummaryRows.start(head);
        rows.putAll(read.hashes());
      }
      return summary;
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
    return known != null && known == SummaryRows.start(head);
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
      long all = SummaryRows.start(head);
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
    return 1 + Integer.divideUnsigned(summary.pageNumber(index), SummaryRows.PAGES);
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

  private static byte[] raw(PageSummary summary, int from, int to) {
    ByteBuffer raw = ByteBuffer.allocate(4 + (to - from) * SummaryRows.BYTES_PER_PAGE);
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
}
