// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.ChangeBuilder;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.Source;
import dev.waltap.api.TableSchema;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.CollectedMessages.Message;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class DebeziumMessagesTest {
  private static final Instant SEEN = Instant.parse("2026-11-22T10:00:00.123456Z");
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:01.000000007Z");
  private static final Source SOURCE = new Source("app.db", "5f1c");
  private static final TableSchema USERS =
      new TableSchema(
          "users",
          "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, score REAL, photo BLOB)",
          List.of(
              new ColumnSchema("id", "INTEGER", 1),
              new ColumnSchema("name", "TEXT", 0),
              new ColumnSchema("score", "REAL", 0),
              new ColumnSchema("photo", "BLOB", 0)));
  private static final String IMAGE_1 = "{\"id\":1,\"name\":\"Ada\",\"score\":0.5,\"photo\":null}";
  private static final String KEY_1 = "{\"id\":1}";

  private final DebeziumOptions standard = DebeziumOptions.standard("0.1");

  @Test
  void anUpdateIsAnEnvelopeWithTheKeyApart() throws IOException {
    Change update =
        change(Operation.UPDATE, 204, 0, true)
            .before(user(1, "Ada", 0.5))
            .after(user(1, "Ada", 1.0))
            .build();
    assertThat(messages(standard, update))
        .containsExactly(
            new Message(
                MessageKind.ROW,
                "users",
                KEY_1,
                "{\"before\":"
                    + IMAGE_1
                    + ",\"after\":{\"id\":1,\"name\":\"Ada\",\"score\":1.0,\"photo\":null}"
                    + ",\"source\":{\"version\":\"0.1\",\"connector\":\"sqlite\""
                    + ",\"name\":\"app.db\",\"ts_ms\":1795341600123,\"snapshot\":\"false\""
                    + ",\"db\":\"app.db\",\"sequence\":\"[\\\"1\\\",\\\"204\\\",\\\"0\\\"]\""
                    + ",\"ts_us\":1795341600123456,\"ts_ns\":1795341600123456000"
                    + ",\"table\":\"users\",\"stream\":\"5f1c\",\"position\":\"1:204:0\"}"
                    + ",\"op\":\"u\",\"ts_ms\":1795341601000,\"ts_us\":1795341601000000"
                    + ",\"ts_ns\":1795341601000000007"
                    + ",\"transaction\":{\"id\":\"1:204\",\"total_order\":1"
                    + ",\"data_collection_order\":1}}"));
  }

  @Test
  void aDeletionIsFollowedByATombstone() throws IOException {
    Change delete = change(Operation.DELETE, 204, 0, true).before(user(1, "Ada", 0.5)).build();
    List<Message> messages = messages(standard, delete);
    assertThat(messages).extracting(Message::key).containsExactly(KEY_1, KEY_1);
    assertThat(messages.get(0).value())
        .startsWith("{\"before\":" + IMAGE_1 + ",\"after\":null,")
        .contains("\"op\":\"d\"");
    assertThat(messages.get(1).value()).isNull();
  }

  @Test
  void aChangedKeyIsADeletionAndACreation() throws IOException {
    Change delete = change(Operation.DELETE, 204, 0, false).before(user(1, "Ada", 0.5)).build();
    Change insert =
        change(Operation.INSERT, 204, 1, true)
            .after(user(2, "Ada", 0.5))
            .key(new DeclaredRow(USERS, "id", 2))
            .build();
    List<Message> messages = messages(standard, delete, insert);
    assertThat(messages).extracting(Message::key).containsExactly(KEY_1, KEY_1, "{\"id\":2}");
    assertThat(messages.get(2).value())
        .contains("\"op\":\"c\"", "\"total_order\":2,\"data_collection_order\":2");
  }

  @Test
  void rowsOfABootstrapAreReadAfterTheirTableIsTruncated() throws IOException {
    List<Message> messages =
        messages(
            standard,
            change(Operation.BOOTSTRAP, 9, 0, false).key(null).build(),
            change(Operation.INSERT, 9, 1, false).after(user(1, "Ada", 0.5)).build(),
            change(Operation.INSERT, 9, 2, true).after(user(1, "Ada", 0.5)).build(),
            change(Operation.INSERT, 10, 0, true).after(user(1, "Ada", 0.5)).build());
    assertThat(messages.get(0).key()).isNull();
    assertThat(messages.get(0).value())
        .startsWith("{\"before\":null,\"after\":null,")
        .contains("\"op\":\"t\"", "\"snapshot\":\"first\"");
    assertThat(messages.get(1).value()).contains("\"op\":\"r\"", "\"snapshot\":\"true\"");
    assertThat(messages.get(2).value()).contains("\"op\":\"r\"", "\"snapshot\":\"last\"");
    assertThat(messages.get(3).value()).contains("\"op\":\"c\"", "\"snapshot\":\"false\"");
  }

  @Test
  void theFirstBootstrapTruncatesNothingWhereNothingWasSentBefore() throws IOException {
    DebeziumMapping mapping = new DebeziumMapping(standard);
    mapping.nothingBefore();
    List<Message> messages =
        CollectedMessages.of(
            new DebeziumMessages(mapping, false),
            change(Operation.BOOTSTRAP, 9, 0, false).key(null).build(),
            change(Operation.INSERT, 9, 1, false).after(user(1, "Ada", 0.5)).build(),
            change(Operation.BOOTSTRAP, 9, 2, true).key(null).build(),
            change(Operation.BOOTSTRAP, 10, 0, true).key(null).build());
    assertThat(messages).hasSize(2);
    assertThat(messages.get(0).value()).contains("\"op\":\"r\"", "\"snapshot\":\"first\"");
    assertThat(messages.get(1).value()).contains("\"op\":\"t\"");
  }

  @Test
  void saysWhereTransactionsBeginAndEndWhereAsked() throws IOException {
    DebeziumOptions options =
        new DebeziumOptions("0.1", BlobFormat.BASE64, TypeMismatch.STRING, true);
    List<Message> messages =
        messages(
            options,
            change(Operation.INSERT, 204, 0, false).after(user(1, "Ada", 0.5)).build(),
            change(Operation.DELETE, 204, 1, true).before(user(1, "Ada", 0.5)).build());
    assertThat(messages)
        .extracting(Message::kind)
        .containsExactly(
            MessageKind.TRANSACTION,
            MessageKind.ROW,
            MessageKind.ROW,
            MessageKind.ROW,
            MessageKind.TRANSACTION);
    assertThat(messages.get(0))
        .isEqualTo(
            new Message(
                MessageKind.TRANSACTION,
                "",
                "{\"id\":\"1:204\"}",
                "{\"status\":\"BEGIN\",\"id\":\"1:204\",\"event_count\":null"
                    + ",\"data_collections\":null,\"ts_ms\":1795341600123}"));
    assertThat(messages.get(4).value())
        .isEqualTo(
            "{\"status\":\"END\",\"id\":\"1:204\",\"event_count\":2,\"data_collections\":"
                + "[{\"data_collection\":\"app.db.users\",\"event_count\":2}]"
                + ",\"ts_ms\":1795341600123}");
  }

  @Test
  void schemaChangesAreThoseOfDebeziumsSchemaTopic() throws IOException {
    Change alter =
        change(Operation.SCHEMA, 204, 0, true)
            .key(null)
            .schemaBefore(USERS)
            .schemaAfter(USERS)
            .build();
    List<Message> messages = messages(standard, alter);
    assertThat(messages).hasSize(1);
    assertThat(messages.get(0).kind()).isEqualTo(MessageKind.SCHEMA);
    assertThat(messages.get(0).key()).isEqualTo("{\"databaseName\":\"app.db\"}");
    assertThat(messages.get(0).value())
        .startsWith("{\"source\":{\"version\":\"0.1\",")
        .contains(
            ",\"ts_ms\":1795341601000,\"databaseName\":\"app.db\",\"schemaName\":null"
                + ",\"ddl\":\"CREATE TABLE users(",
            "\"tableChanges\":[{\"type\":\"ALTER\",\"id\":\"\\\"app.db\\\".\\\"users\\\"\""
                + ",\"table\":{\"defaultCharsetName\":null,\"primaryKeyColumnNames\":[\"id\"]"
                + ",\"columns\":[{\"name\":\"id\",\"jdbcType\":-5,\"nativeType\":null"
                + ",\"typeName\":\"INTEGER\",\"typeExpression\":\"INTEGER\",\"charsetName\":null"
                + ",\"length\":null,\"scale\":null,\"position\":1,\"optional\":false"
                + ",\"autoIncremented\":false,\"generated\":false,\"comment\":null"
                + ",\"defaultValueExpression\":null,\"enumValues\":null},{\"name\":\"name\"");
  }

  @Test
  void aDroppedTableIsTruncatedAfterItsSchemaChange() throws IOException {
    Change drop = change(Operation.SCHEMA, 204, 0, true).key(null).schemaBefore(USERS).build();
    List<Message> messages = messages(standard, drop);
    assertThat(messages)
        .extracting(Message::kind)
        .containsExactly(MessageKind.SCHEMA, MessageKind.ROW);
    assertThat(messages.get(0).value())
        .contains("\"ddl\":\"DROP TABLE \\\"users\\\"\"", "\"type\":\"DROP\"", "\"table\":null}]");
    assertThat(messages.get(1).value()).contains("\"op\":\"t\"", "\"snapshot\":\"false\"");
  }

  @Test
  void aValueNotOfItsTypeIsAStringInItsMessageAlone() throws IOException {
    Row odd = new DeclaredRow(USERS, "id", 1, "name", new byte[] {1}, "score", "x", "photo", 7);
    Change change = change(Operation.INSERT, 204, 0, true).after(odd).build();
    Change usual = change(Operation.INSERT, 205, 0, true).after(user(1, "Ada", 0.5)).build();
    List<Message> messages =
        CollectedMessages.of(new DebeziumMessages(mapping(standard), true), change, usual);
    assertThat(messages.get(0).value())
        .contains("\"after\":{\"id\":1,\"name\":\"AQ==\",\"score\":\"x\",\"photo\":\"7\"}")
        .contains("{\"type\":\"string\",\"optional\":true,\"field\":\"score\"}");
    assertThat(messages.get(1).value())
        .contains("{\"type\":\"string\",\"optional\":false,\"field\":\"name\"}")
        .contains("{\"type\":\"double\",\"optional\":true,\"field\":\"score\"}")
        .contains("{\"type\":\"bytes\",\"optional\":true,\"field\":\"photo\"}");
  }

  @Test
  void aValueNotOfItsTypeIsLeftOutOrFailsWhereAsked() throws IOException {
    Row odd = new DeclaredRow(USERS, "id", 1, "name", "Ada", "score", "x", "photo", null);
    Change change = change(Operation.INSERT, 204, 0, true).after(odd).build();
    DebeziumOptions skip =
        new DebeziumOptions("0.1", BlobFormat.BASE64, TypeMismatch.SKIP_FIELD, false);
    assertThat(messages(skip, change).get(0).value())
        .contains("\"after\":{\"id\":1,\"name\":\"Ada\",\"photo\":null}");
    DebeziumOptions fail = new DebeziumOptions("0.1", BlobFormat.BASE64, TypeMismatch.FAIL, false);
    assertThatThrownBy(() -> messages(fail, change))
        .isInstanceOf(TypeMismatchException.class)
        .hasMessage(
            "app.db.users.score holds a value of type TEXT that is no double: choose another"
                + " --type-mismatch, or exclude the column");
  }

  @Test
  void blobsAreHexOrLeftOutWhereAsked() throws IOException {
    Row row = new DeclaredRow(USERS, "id", 1, "name", "Ada", "score", null, "photo", new byte[1]);
    Change change = change(Operation.INSERT, 204, 0, true).after(row).build();
    assertThat(messages(blobs(BlobFormat.HEX), change).get(0).value())
        .contains("\"score\":null,\"photo\":\"00\"}");
    assertThat(messages(blobs(BlobFormat.OMIT), change).get(0).value()).contains("\"score\":null}");
    assertThat(messages(standard, change).get(0).value()).contains("\"photo\":\"AA==\"}");
  }

  @Test
  void infinitiesAreNumbersThatTheJsonConverterReadsBack() throws IOException {
    Row row =
        new DeclaredRow(
            USERS,
            "id",
            Long.MIN_VALUE,
            "name",
            "\uD800",
            "score",
            Double.NEGATIVE_INFINITY,
            "photo",
            null);
    Change change = change(Operation.INSERT, 204, 0, true).after(row).build();
    assertThat(messages(standard, change).get(0).value())
        .contains("{\"id\":-9223372036854775808,\"name\":\"\uFFFD\",\"score\":-9e999,");
  }

  @Test
  void theEnvelopesSchemaIsDebeziumsOwn() throws IOException {
    Change insert = change(Operation.INSERT, 204, 0, true).after(user(1, "Ada", 0.5)).build();
    Message message =
        CollectedMessages.of(new DebeziumMessages(mapping(standard), true), insert).get(0);
    String row =
        "{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"optional\":false,\"field\":\"id\"}"
            + ",{\"type\":\"string\",\"optional\":false,\"field\":\"name\"}"
            + ",{\"type\":\"double\",\"optional\":true,\"field\":\"score\"}"
            + ",{\"type\":\"bytes\",\"optional\":true,\"field\":\"photo\"}]"
            + ",\"optional\":true,\"name\":\"app.db.users.Value\",\"field\":\"";
    assertThat(message.key())
        .isEqualTo(
            "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"optional\":false"
                + ",\"field\":\"id\"}],\"optional\":false,\"name\":\"app.db.users.Key\"}"
                + ",\"payload\":{\"id\":1}}");
    assertThat(message.value())
        .startsWith(
            "{\"schema\":{\"type\":\"struct\",\"fields\":["
                + row
                + "before\"},"
                + row
                + "after\"},")
        .contains(
            // As the JSON converter writes what SchemaFactory of Debezium 3.6 makes.
            "{\"type\":\"string\",\"optional\":true,\"name\":\"io.debezium.data.Enum\""
                + ",\"version\":1,\"parameters\":{\"allowed\":\"true,first"
                + ",first_in_data_collection,last_in_data_collection,last,false,incremental\"}"
                + ",\"default\":\"false\",\"field\":\"snapshot\"}",
            "{\"type\":\"string\",\"optional\":false,\"field\":\"op\"}"
                + ",{\"type\":\"int64\",\"optional\":true,\"field\":\"ts_ms\"}"
                + ",{\"type\":\"int64\",\"optional\":true,\"field\":\"ts_us\"}"
                + ",{\"type\":\"int64\",\"optional\":true,\"field\":\"ts_ns\"}"
                + ",{\"type\":\"struct\",\"fields\":[{\"type\":\"string\",\"optional\":false"
                + ",\"field\":\"id\"},{\"type\":\"int64\",\"optional\":false"
                + ",\"field\":\"total_order\"},{\"type\":\"int64\",\"optional\":false"
                + ",\"field\":\"data_collection_order\"}],\"optional\":true"
                + ",\"name\":\"event.block\",\"version\":1,\"field\":\"transaction\"}]"
                + ",\"optional\":false,\"name\":\"app.db.users.Envelope\",\"version\":2}");
  }

  private static DebeziumOptions blobs(BlobFormat format) {
    return new DebeziumOptions("0.1", format, TypeMismatch.STRING, false);
  }

  private static Row user(long id, String name, double score) {
    return new DeclaredRow(USERS, "id", id, "name", name, "score", score, "photo", null);
  }

  private static ChangeBuilder change(Operation operation, long frame, long index, boolean last) {
    return Change.builder("users", operation)
        .timestamp(SEEN)
        .position(new Position(1, frame, index))
        .last(last)
        .source(SOURCE)
        .key(new DeclaredRow(USERS, "id", 1));
  }

  private static DebeziumMapping mapping(DebeziumOptions options) {
    return new DebeziumMapping(options, InstantSource.fixed(NOW));
  }

  private static List<Message> messages(DebeziumOptions options, Change... changes)
      throws IOException {
    return CollectedMessages.of(new DebeziumMessages(mapping(options), false), changes);
  }
}
