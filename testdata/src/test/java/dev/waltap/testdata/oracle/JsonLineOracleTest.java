// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Value.BlobStyle;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON lines go through the same checks, and a line of another form is refused. */
class JsonLineOracleTest {
  private static final String TIME = "\"timestamp\":\"2026-11-22T10:00:00.123456Z\",";
  private static final String SQL = "CREATE TABLE t(id INTEGER PRIMARY KEY, v)";
  private static final List<String> LINES =
      List.of(
          "{\"table\":\"t\","
              + TIME
              + "\"operation\":\"SCHEMA\",\"before\":null,\"after\":{"
              + "\"name\":\"t\",\"sql\":\""
              + SQL
              + "\",\"columns\":[{\"name\":\"id\",\"type\":"
              + "\"INTEGER\",\"key\":1},{\"name\":\"v\",\"type\":\"\",\"key\":0}]},\"key\":null,"
              + end(0, false),
          line("BOOTSTRAP", "null", "null", 1, false),
          insert(1, "9223372036854775807", 2, false),
          insert(2, "1.0", 3, false),
          insert(3, "\"Grüße\"", 4, false),
          insert(4, "\"00FF\"", 5, false),
          insert(5, "9e999", 6, false),
          insert(6, "null", 7, true));

  private static String insert(int id, String value, int index, boolean last) {
    return line(
        "INSERT", "{\"id\":" + id + ",\"v\":" + value + "}", "{\"id\":" + id + "}", index, last);
  }

  private static String line(String operation, String after, String key, int index, boolean last) {
    return "{\"table\":\"t\","
        + TIME
        + "\"operation\":\""
        + operation
        + "\",\"before\":null,"
        + "\"after\":"
        + after
        + ",\"key\":"
        + key
        + ","
        + end(index, last);
  }

  private static String end(int index, boolean last) {
    return "\"position\":\"1:4:"
        + index
        + "\",\"transaction\":{\"id\":\"1:4\",\"index\":"
        + index
        + ",\"last\":"
        + last
        + "}}";
  }

  private static void run(List<String> lines) throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection connection = database.open();
        JsonLineOracle oracle = new JsonLineOracle(OracleOptions.DEFAULT, BlobStyle.HEX)) {
      TestDatabase.execute(
          connection,
          SQL,
          "INSERT INTO t VALUES(1,9223372036854775807),(2,1.0),(3,'Grüße'),(4,x'00FF'),"
              + "(5,9e999),(6,NULL)");
      oracle.lines(lines);
      oracle.compareWith(connection);
      assertThat(oracle.oracle().rows("t")).isEqualTo(6);
    }
  }

  @Test
  void acceptsWhatIsRight() throws Exception {
    run(LINES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "1.0|1",
        "9223372036854775807|9223372036854775806",
        "00FF|00ff",
        "Grüße|Gruesse",
        "9e999|-9e999",
        "\"v\":null|\"v\":\"\"",
        "\"v\":null|\"V\":null",
        "\"key\":{\"id\":5}|\"key\":{\"id\":6}",
        "\"table\":\"t\",|",
        "\"key\":1|\"key\":0",
        "123456Z\",\"operation\":\"BOOT|123457Z\",\"operation\":\"BOOT",
        "BOOTSTRAP|INSERT",
        "\"last\":true|\"last\":false",
        "\"last\":true}}|\"last\":true}",
        "\"before\":null,\"after\":{\"id\":6,\"v\":null}|\"after\":{\"id\":6,\"v\":null},\"before\":null"
      })
  void refusesWhatIsWrong(String right, String wrong) {
    List<String> lines = new ArrayList<>(LINES);
    lines.replaceAll(line -> line.replace(right, wrong == null ? "" : wrong));
    assertThat(lines).isNotEqualTo(LINES);
    assertThatThrownBy(() -> run(lines)).isInstanceOf(AssertionError.class);
  }
}
