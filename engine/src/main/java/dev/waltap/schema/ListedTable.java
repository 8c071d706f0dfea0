// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import java.sql.ResultSet;
import java.sql.SQLException;

/** A row of {@code PRAGMA table_list}. */
record ListedTable(String name, String type, boolean withoutRowid) {

  static final String SQL = "PRAGMA main.table_list";

  static ListedTable of(ResultSet rs) throws SQLException {
    return new ListedTable(rs.getString("name"), rs.getString("type"), rs.getBoolean("wr"));
  }

  boolean virtual() {
    return type.equals("virtual");
  }

  boolean shadow() {
    return type.equals("shadow");
  }
}
