// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.NumberOutput;
import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Row;
import dev.waltap.api.StorageClass;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.DebeziumMapping;
import dev.waltap.message.DebeziumMessages;
import dev.waltap.message.DebeziumOptions;
import dev.waltap.message.MessageFormat;
import dev.waltap.message.MessageKind;
import dev.waltap.message.TypeMismatch;
import dev.waltap.testdata.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Debezium's messages with their schemas, as Kafka Connect's own JSON converter reads them. */
class DebeziumConverterTest {
  private static final String TABLE =
      "CREATE TABLE t(id INTEGER PRIMARY KEY, i INT, r REAL, s TEXT NOT NULL, b BLOB, n NUMERIC,"
          + " d DATE, o BOOLEAN, a, x INT NOT NULL)";
  private static final String KEYED =
      "CREATE TABLE k(a TEXT, b BLOB, c DOUBLE, PRIMARY KEY(b, a)) WITHOUT ROWID";
  private static final String NULLABLE = "CREATE TABLE u(a TEXT PRIMARY KEY, b)";

  @ParameterizedTest
  @EnumSource(
      value = TypeMismatch.class,
      names = {"STRING", "SKIP_FIELD"})
  void schemaAndPayloadAgreeForRandomRows(TypeMismatch mismatch) throws Exception {
    long seed = Long.getLong("waltap.seed", new Random().nextLong());
    Random random = new Random(seed);
    List<Change> changes =
        captured(
            writer -> {
              TestDatabase.execute(writer, TABLE, KEYED, NULLABLE);
              for (int i = 0; i < 300; i++) {
                write(writer, "t(i,r,s,b,n,d,o,a,x)", 9, random);
                write(writer, "k(a,b,c)", 3, random);
                write(writer, "u(a,b)", 2, random);
              }
            });
    DebeziumOptions options = new DebeziumOptions("test", BlobFormat.BASE64, mismatch, true);
    MessageFormat format = new DebeziumMessages(new DebeziumMapping(options), true);
    JsonConverter keys = converter(true);
    JsonConverter values = converter(false);
    int[] rows = {0};
    for (Change change : changes) {
      format.messages(
          change,
          (kind, table, keyBytes, valueBytes) -> {
            Struct key = (Struct) keys.toConnectData("topic", keyBytes).value();
            Struct value = (Struct) values.toConnectData("topic", valueBytes).value();
            if (kind == MessageKind.ROW && change.after() != null) {
              rows[0]++;
              agree(key, change.key(), mismatch, true, seed);
              agree(value.getStruct("after"), change.after(), mismatch, false, seed);
              value.validate();
              key.validate();
            }
          });
    }
    assertThat(rows[0]).as("seed %d", seed).isGreaterThan(500);
  }

  @Test
  void schemaChangesAndTransactionsAreReadBack() throws Exception {
    List<Change> changes = captured(writer -> TestDatabase.execute(writer, TABLE, KEYED));
    DebeziumOptions options =
        new DebeziumOptions("test", BlobFormat.BASE64, TypeMismatch.STRING, true);
    MessageFormat format = new DebeziumMessages(new DebeziumMapping(options), true);
    JsonConverter values = converter(false);
    List<String> names = new ArrayList<>();
    for (Change change : changes) {
      format.messages(
          change,
          (kind, table, key, bytes) -> {
            Struct value = (Struct) values.toConnectData("topic", bytes).value();
            value.validate();
            names.add(value.schema().name());
            if (kind == MessageKind.SCHEMA) {
              Struct described = (Struct) value.getArray("tableChanges").get(0);
              assertThat(described.getString("type")).isEqualTo("CREATE");
              List<Struct> columns = described.getStruct("table").getArray("columns");
              assertThat(columns).hasSizeGreaterThan(2);
            }
          });
    }
    assertThat(names)
        .contains(
            "io.debezium.connector.common.TransactionMetadataValue",
            "dev.waltap.sqlite.SchemaChangeValue",
            "test.db.t.Envelope");
  }

  /** That each value is what the row has, in the type that the schema says. */
  private static void agree(
      Struct struct, @Nullable Row row, TypeMismatch mismatch, boolean key, long seed) {
    if (row == null) {
      throw new AssertionError("no row, of " + struct);
    }
    for (int i = 0; i < row.size(); i++) {
      String name = row.names().get(i);
      Field field = struct.schema().field(name);
      if (field == null) {
        assertThat(mismatch).as("seed %d", seed).isEqualTo(TypeMismatch.SKIP_FIELD);
        assertThat(key).isFalse();
        continue;
      }
      assertThat(plain(struct.get(field)))
          .as("seed %d, %s of %s", seed, name, row)
          .isEqualTo(expected(row, i, field.schema().type()));
    }
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    return value instanceof Double number ? (Object) (number + 0.0) : value;
  }

  private static @Nullable Object expected(Row row, int index, Schema.Type type) {
    StorageClass storageClass = row.storageClass(index);
    if (storageClass == StorageClass.NULL) {
      return null;
    }
    return switch (type) {
      case INT64 -> row.getLong(index);
      case FLOAT64 -> row.getDouble(index) + 0.0; // The converter has no -0.0.
      case BYTES -> new String(bytes(row, index), StandardCharsets.ISO_8859_1);
      default ->
          switch (storageClass) {
            case BLOB -> Base64.getEncoder().encodeToString(bytes(row, index));
            case INTEGER -> Long.toString(row.getLong(index));
            case REAL -> NumberOutput.toString(row.getDouble(index), true);
            default -> row.getString(index);
          };
    };
  }

  private static byte[] bytes(Row row, int index) {
    return Objects.requireNonNull(row.getBytes(index));
  }

  private static JsonConverter converter(boolean key) {
    JsonConverter converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", "true"), key);
    return converter;
  }

  /** What fills a database. */
  @FunctionalInterface
  private interface Work {
    void run(Connection writer) throws SQLException;
  }

  private static List<Change> captured(Work work) throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      work.run(writer);
      List<Change> changes = new ArrayList<>();
      try (ChangeDataCapture capture =
          Waltap.open(database.path()).noState().handler(changes::addAll).build()) {
        capture.bootstrap();
      }
      return changes;
    }
  }

  private static void write(Connection writer, String table, int columns, Random random)
      throws SQLException {
    String sql = "INSERT OR IGNORE INTO " + table + " VALUES(?" + ",?".repeat(columns - 1) + ")";
    try (PreparedStatement statement = writer.prepareStatement(sql)) {
      for (int i = 1; i <= columns; i++) {
        statement.setObject(i, value(random));
      }
      statement.execute();
    }
  }

  private static @Nullable Object value(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> null;
      case 1 -> random.nextLong();
      case 2 -> random.nextBoolean() ? Long.MIN_VALUE : (Object) (1L << 53);
      case 3 -> random.nextGaussian();
      case 4 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : Double.MIN_VALUE;
      case 5 -> "\"\\\u0000\n\u2028é😀" + random.nextInt();
      case 6 -> "";
      case 7 -> Integer.toString(random.nextInt());
      case 8 -> {
        byte[] bytes = new byte[random.nextInt(9)];
        random.nextBytes(bytes);
        yield bytes;
      }
      default -> (long) random.nextInt();
    };
  }
}
