// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnTypeTest {

  @ParameterizedTest
  @CsvSource({
    "INTEGER,INT64",
    "bigint,INT64",
    "POINT,INT64",
    "BOOLEAN,INT64",
    "CHARINT,INT64",
    "VARCHAR(20),STRING",
    "TEXT,STRING",
    "CLOB,STRING",
    "DATETIME,STRING",
    "DATE,STRING",
    "STRING,STRING",
    "JSON,STRING",
    "uuid,STRING",
    "BLOB,BYTES",
    "TEXTBLOB,STRING",
    "REAL,DOUBLE",
    "DOUBLE PRECISION,DOUBLE",
    "FLOAT,DOUBLE",
    "'DECIMAL(10,2)',DOUBLE",
    "NUMERIC,DOUBLE",
    "'',ANY",
    "ANY,ANY",
    "any,ANY"
  })
  void isFoundAsSqliteFindsAffinity(String declared, ColumnType expected) {
    assertThat(ColumnType.of(declared)).isEqualTo(expected);
  }

  @Test
  void aDoubleTakesIntegersThatItHoldsExactly() {
    long largest = 1L << 53;
    Row row = Row.of("a", largest, "b", -largest, "c", largest + 1, "d", -largest - 1, "e", "1");
    for (int i = 0; i < row.size(); i++) {
      assertThat(ColumnType.DOUBLE.fits(row, i)).as("%s", row.getObject(i)).isEqualTo(i < 2);
    }
  }

  @Test
  void aStringTakesNumbersAndAnyTakesAll() {
    Row row = Row.of("a", 1, "b", 0.5, "c", "x", "d", new byte[1]);
    for (int i = 0; i < row.size(); i++) {
      assertThat(ColumnType.STRING.fits(row, i)).isEqualTo(i < 3);
      assertThat(ColumnType.ANY.fits(row, i)).isTrue();
      assertThat(ColumnType.BYTES.fits(row, i)).isEqualTo(i == 3);
      assertThat(ColumnType.INT64.fits(row, i)).isEqualTo(i == 0);
    }
  }
}
