// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class ResultCodesTest {
  private final SQLException read =
      new SQLiteException("disk I/O error", SQLiteErrorCode.SQLITE_IOERR_READ);

  @Test
  void distinguishesTheKindFromTheDetail() {
    assertThat(ResultCodes.primary(read)).isEqualTo(SQLiteErrorCode.SQLITE_IOERR);
    assertThat(ResultCodes.extended(read)).isEqualTo(SQLiteErrorCode.SQLITE_IOERR_READ);
  }

  @Test
  void findsTheDriversExceptionInAnother() {
    SQLException wrapped = new SQLException("a batch failed", read);
    assertThat(ResultCodes.primary(wrapped)).isEqualTo(SQLiteErrorCode.SQLITE_IOERR);
  }

  @Test
  void takesNoMessageForACode() {
    SQLException other = new SQLException("no such table: SQLITE_BUSY");
    assertThat(ResultCodes.primary(other)).isNotEqualTo(SQLiteErrorCode.SQLITE_BUSY);
  }
}
