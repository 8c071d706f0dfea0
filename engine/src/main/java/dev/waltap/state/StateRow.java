// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A row of one of the tables of a {@code state.db}, whoever reads it: SQLite, or {@link
 * ClosedStateReader}. Columns are counted from 0, in the order in which {@link StateFile} declares
 * them.
 */
interface StateRow {
  /** A number; 0 for NULL. */
  long number(int column) throws SQLException;

  /** A text; null for NULL. */
  @Nullable String text(int column) throws SQLException;

  /** A BLOB; null for NULL. */
  byte @Nullable [] bytes(int column) throws SQLException;

  /** The row that the result is at, all of whose columns were selected; moves with it. */
  static StateRow of(ResultSet result) {
    return new StateRow() {
      @Override
      public long number(int column) throws SQLException {
        return result.getLong(column + 1);
      }

      @Override
      public @Nullable String text(int column) throws SQLException {
        return result.getString(column + 1);
      }

      @Override
      public byte @Nullable [] bytes(int column) throws SQLException {
        return result.getBytes(column + 1);
      }
    };
  }
}
