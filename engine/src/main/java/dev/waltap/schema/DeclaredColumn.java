// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.record.Names;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * A row of {@code PRAGMA table_xinfo}.
 *
 * @param cid the column's number in the table, VIRTUAL generated ones counted
 * @param key its place in the declared primary key, or 0; places may be left out
 * @param hidden 2 for VIRTUAL generated columns, 3 for STORED ones
 */
record DeclaredColumn(int cid, String name, String type, boolean hasDefault, int key, int hidden) {

  private static final List<String> REAL_NAMES = List.of("real", "floa", "doub");
  private static final List<String> OTHER_NAMES = List.of("int", "char", "clob", "text", "blob");

  static DeclaredColumn of(ResultSet rs) throws SQLException {
    String type = rs.getString("type");
    return new DeclaredColumn(
        rs.getInt("cid"),
        rs.getString("name"),
        type == null ? "" : type,
        rs.getString("dflt_value") != null,
        rs.getInt("pk"),
        rs.getInt("hidden"));
  }

  /** Whether it takes room in the record. */
  boolean stored() {
    return hidden != 2;
  }

  /** Whether records written before the column may lack a value that is not NULL. */
  boolean mayBeMissing() {
    return hasDefault && hidden == 0 && key == 0;
  }

  /** Whether it has REAL affinity. */
  boolean real() {
    return isReal(type);
  }

  /**
   * The affinity of a declared type, as {@code sqlite3AffinityType} finds it: any of the other
   * names anywhere in it, before or after, outweighs one that means REAL. In a STRICT table the
   * same rule holds, since REAL is the only type there that has such a name.
   */
  static boolean isReal(String type) {
    String folded = Names.fold(type);
    return REAL_NAMES.stream().anyMatch(folded::contains)
        && OTHER_NAMES.stream().noneMatch(folded::contains);
  }
}
