// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sqlite;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What went wrong, by SQLite's result codes, not by messages that name them. */
public final class ResultCodes {
  private static final int PRIMARY = 0xff;

  private ResultCodes() {}

  /** The primary code, which says the kind: SQLITE_IOERR for SQLITE_IOERR_READ. */
  public static SQLiteErrorCode primary(SQLException e) {
    return SQLiteErrorCode.getErrorCode(extended(e).code & PRIMARY);
  }

  /** The code with all that SQLite says; unknown where the driver knows none. */
  public static SQLiteErrorCode extended(SQLException e) {
    // An exception may wrap the driver's.
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SQLiteException sqlite) {
        return sqlite.getResultCode();
      }
    }
    return SQLiteErrorCode.getErrorCode(e.getErrorCode());
  }
}
