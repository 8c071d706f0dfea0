// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.message.DataField;
import dev.waltap.message.DataMessage;
import dev.waltap.message.DataSchema;
import dev.waltap.message.DataStruct;
import dev.waltap.message.DebeziumMapping;
import dev.waltap.message.DebeziumOptions;
import dev.waltap.testdata.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What captured rows are in Debezium's messages, where no SCHEMA event says what they are. */
class DebeziumTest {

  @Test
  void rowsAreTypedByTheirTableAsItWasThen() throws Exception {
    try (SteppedCapture steps =
        SteppedCapture.start(
            TestDatabase.create(),
            "CREATE TABLE t(a TEXT, b NUMERIC NOT NULL, c, g AS (b + 1) STORED, PRIMARY KEY(a))",
            "INSERT INTO t VALUES(NULL, 1, 2)",
            "INSERT INTO t VALUES('k', 1, 2)")) {
      List<DataMessage> messages =
          follow(
              steps,
              "UPDATE t SET b = b + 0.5",
              "ALTER TABLE t ADD COLUMN d REAL NOT NULL DEFAULT 1",
              "UPDATE t SET c = x'00', d = 2");
      assertThat(messages).hasSize(5);
      assertThat(key(messages.get(0))).isEqualTo(Map.of("rowid", 1L));
      assertThat(image(messages.get(1), "before"))
          .isEqualTo(Map.of("a", "k", "b", 1.0, "c", "2", "g", "2"));
      assertThat(image(messages.get(1), "after"))
          .isEqualTo(Map.of("a", "k", "b", 1.5, "c", "2", "g", "2.5"));
      assertThat(key(messages.get(1))).isEqualTo(Map.of("a", "k"));
      assertThat(image(messages.get(4), "before"))
          .isEqualTo(Map.of("a", "k", "b", 1.5, "c", "2", "g", "2.5", "d", 1.0));
      assertThat(image(messages.get(4), "after"))
          .isEqualTo(Map.of("a", "k", "b", 1.5, "c", "AA==", "g", "2.5", "d", 2.0));
    }
  }

  @Test
  void aColumnThatIsNewHasItsDefaultBeforeInTheTransactionThatAddsIt() throws Exception {
    try (SteppedCapture steps =
        SteppedCapture.start(
            TestDatabase.create(),
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a INT, b INT NOT NULL)",
            "INSERT INTO t VALUES(1, 2, 3)")) {
      List<DataMessage> messages =
          follow(
              steps,
              "BEGIN",
              "ALTER TABLE t ADD COLUMN c INT NOT NULL DEFAULT 4",
              "ALTER TABLE t DROP COLUMN b",
              "UPDATE t SET c = 5",
              "COMMIT");
      assertThat(messages).hasSize(2);
      Map<String, @Nullable Object> before = image(messages.get(1), "before");
      assertThat(before).containsEntry("c", 4L).containsEntry("a", 2L).doesNotContainKey("b");
      assertThat(image(messages.get(1), "after")).isEqualTo(Map.of("id", 1L, "a", 2L, "c", 5L));
      // As sinks need it that add the column, however they learn of it.
      DataSchema added =
          Objects.requireNonNull(messages.get(1).value()).schema().fields().stream()
              .filter(each -> each.name().equals("after"))
              .flatMap(each -> each.schema().fields().stream())
              .filter(each -> each.name().equals("c"))
              .map(DataField::schema)
              .findFirst()
              .orElseThrow();
      assertThat(added.isOptional()).isFalse();
      assertThat(added.defaultValue()).isEqualTo(4L);
    }
  }

  private static List<DataMessage> follow(SteppedCapture steps, String... statements)
      throws Exception {
    TestDatabase.execute(steps.keeper(), "PRAGMA wal_autocheckpoint = 0");
    TestDatabase.execute(steps.keeper(), statements);
    DebeziumMapping mapping = new DebeziumMapping(DebeziumOptions.standard("test"));
    List<DataMessage> messages = new ArrayList<>();
    for (Change change : steps.follow()) {
      messages.addAll(mapping.messages(change));
    }
    return messages;
  }

  private static Map<String, @Nullable Object> key(DataMessage message) {
    return map(message.key());
  }

  private static Map<String, @Nullable Object> image(DataMessage message, String which) {
    return map((DataStruct) map(message.value()).get(which));
  }

  private static Map<String, @Nullable Object> map(@Nullable DataStruct struct) {
    Map<String, @Nullable Object> values = new TreeMap<>();
    if (struct != null) {
      for (int i = 0; i < struct.values().size(); i++) {
        values.put(struct.schema().fields().get(i).name(), struct.values().get(i));
      }
    }
    return values;
  }
}
