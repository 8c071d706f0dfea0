// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.message.DataMessage;
import dev.waltap.message.DataStruct;
import dev.waltap.message.DebeziumMapping;
import dev.waltap.message.DebeziumMessages;
import dev.waltap.message.DebeziumOptions;
import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages as Connect's structs. */
class ConnectSchemasTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1));
  static final DebeziumOptions OPTIONS =
      new DebeziumOptions(
          "test", dev.waltap.json.BlobFormat.BASE64, dev.waltap.message.TypeMismatch.STRING, true);

  static List<Change> changes(String name) throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      TestDatabase.execute(
          writer,
          "CREATE TABLE t(a INTEGER PRIMARY KEY, \"b-c\" TEXT NOT NULL DEFAULT 'x', d REAL, e BLOB, \"1f\")",
          "CREATE TABLE u(a TEXT, b INT, PRIMARY KEY(a, b)) WITHOUT ROWID",
          "INSERT INTO t VALUES (1, 'x', 0.5, x'00ff', 7), (2, x'00', 'text', NULL, NULL)",
          "INSERT INTO u VALUES ('k', 2)");
      List<Change> changes = new ArrayList<>();
      try (ChangeDataCapture capture =
          Waltap.open(database.path())
              .noState()
              .sourceName(name)
              .handler(changes::addAll)
              .build()) {
        capture.bootstrap();
      }
      return changes;
    }
  }

  @Test
  void areWhatTheJsonConverterReadsOfTheSameMessages() throws Exception {
    List<Change> changes = changes("app.db");
    JsonConverter keys = converter(true);
    JsonConverter values = converter(false);
    List<Object> read = new ArrayList<>();
    DebeziumMessages json = new DebeziumMessages(new DebeziumMapping(OPTIONS, CLOCK), true);
    for (Change change : changes) {
      json.messages(
          change,
          (kind, table, key, value) -> {
            read.add(plain(keys.toConnectData("topic", key)));
            read.add(plain(values.toConnectData("topic", value)));
          });
    }
    ConnectSchemas schemas = new ConnectSchemas(NameAdjustment.NONE, NameAdjustment.NONE);
    List<Object> made = new ArrayList<>();
    DebeziumMapping mapping = new DebeziumMapping(OPTIONS, CLOCK);
    for (Change change : changes) {
      for (DataMessage message : mapping.messages(change)) {
        made.add(plain(schemas.struct(message.key())));
        made.add(plain(schemas.struct(message.value())));
      }
    }
    assertThat(made).hasSizeGreaterThan(15).isEqualTo(read);
  }

  private static Object plain(SchemaAndValue value) {
    return plain((Struct) value.value());
  }

  /** Arrays of bytes compare by identity. */
  private static String plain(@Nullable Struct struct) {
    if (struct == null) {
      return "null";
    }
    struct.validate();
    return struct.schema().name() + describe(struct.schema()) + values(struct);
  }

  private static String values(Struct struct) {
    StringBuilder text = new StringBuilder();
    for (Field field : struct.schema().fields()) {
      Object value = struct.getWithoutDefault(field.name());
      text.append(field.name()).append('=');
      if (value instanceof Struct inner) {
        text.append(values(inner));
      } else if (value instanceof byte[] bytes) {
        text.append(HexFormat.of().formatHex(bytes));
      } else {
        text.append(value);
      }
      text.append(';');
    }
    return text.toString();
  }

  private static String describe(Schema schema) {
    StringBuilder text = new StringBuilder();
    schema
        .fields()
        .forEach(
            each ->
                text.append(each.name())
                    .append(each.schema().type())
                    .append(each.schema().isOptional())
                    .append(each.schema().name())
                    .append(each.schema().version())
                    .append(each.schema().parameters())
                    .append(each.schema().defaultValue())
                    .append(
                        each.schema().type() == Schema.Type.STRUCT ? describe(each.schema()) : ""));
    return text.toString();
  }

  private static JsonConverter converter(boolean key) {
    JsonConverter converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", "true"), key);
    return converter;
  }

  @Test
  void namesAreThoseThatAvroCanHaveIfAsked() throws Exception {
    ConnectSchemas schemas = new ConnectSchemas(NameAdjustment.AVRO, NameAdjustment.AVRO);
    DebeziumMapping mapping = new DebeziumMapping(OPTIONS, CLOCK);
    List<String> names = new ArrayList<>();
    for (Change change : changes("my-app 1.db")) {
      for (DataMessage message : mapping.messages(change)) {
        for (DataStruct each : List.of(Objects.requireNonNull(message.value()))) {
          collect(schemas.schema(each.schema()), names);
        }
      }
    }
    assertThat(names)
        .contains("my_app_1.db.t.Value", "b_c", "_1f")
        .allMatch(each -> each.matches("[A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*"));
  }

  private static void collect(Schema schema, List<String> names) {
    if (schema.name() != null) {
      names.add(schema.name());
    }
    if (schema.type() == Schema.Type.STRUCT) {
      schema
          .fields()
          .forEach(
              each -> {
                names.add(each.name());
                collect(each.schema(), names);
              });
    }
  }
}
