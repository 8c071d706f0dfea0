// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Row;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlTextTest {

  @ParameterizedTest
  @CsvSource({
    "0.5, 0.5",
    "3, 3.0",
    "-0.0, -0.0",
    "1e15, 1000000000000000.0",
    "0.1, 1.0000000000000001e-1",
    "1e200, 9.9999999999999997e199",
    "-2.5e-8, -2.4999999999999999e-8"
  })
  void realsAreWrittenInDigitsThatIdentifyThem(double value, String expected) {
    assertThat(sql(value)).isEqualTo(expected);
  }

  @Test
  void realsAreReadBackExactly() throws SQLException {
    long seed = Long.getLong("waltap.seed", new Random().nextLong());
    Random random = new Random(seed);
    try (Connection db = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = db.createStatement()) {
      for (int i = 0; i < 5000; i++) {
        double value =
            i % 5 == 0
                ? Math.scalb(random.nextDouble(), random.nextBoolean() ? 1020 : -1060)
                : i % 2 == 0
                    ? Double.longBitsToDouble(random.nextLong())
                    : random.nextInt(100_000) / 1e3;
        if (Double.isNaN(value)) {
          continue;
        }
        try (ResultSet rs = statement.executeQuery("SELECT " + sql(value))) {
          assertThat(rs.getDouble(1)).as("seed %d", seed).isEqualTo(value);
        }
      }
    }
  }

  @Test
  void textIsReadBackByteByByte() throws SQLException {
    try (Connection db = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = db.createStatement()) {
      for (String text :
          new String[] {"", "it's", "\0", "a\0b\r\nc'", "\uFFFD\r", "\0".repeat(5000), "é😀"}) {
        try (ResultSet rs =
            statement.executeQuery(
                "SELECT CAST(v AS BLOB), typeof(v) FROM (SELECT " + sql(text) + " AS v)")) {
          assertThat(new String(rs.getBytes(1), StandardCharsets.UTF_8)).isEqualTo(text);
          assertThat(rs.getString(2)).isEqualTo("text");
        }
      }
    }
  }

  @Test
  void integersBlobsAndNullsAreLiterals() {
    assertThat(sql(Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
    assertThat(sql(new byte[] {0, (byte) 0xab})).isEqualTo("x'00AB'");
    assertThat(sql(Double.NEGATIVE_INFINITY)).isEqualTo("-9e999");
    StringBuilder name = new StringBuilder();
    SqlText.name("a\"b", name);
    assertThat(name).hasToString("\"a\"\"b\"");
  }

  private static String sql(Object value) {
    StringBuilder sql = new StringBuilder();
    SqlText.value(Row.of("v", value), 0, sql);
    return sql.toString();
  }
}
