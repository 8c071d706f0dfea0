// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.message.DataMessage;
import dev.waltap.message.DataStruct;
import dev.waltap.message.DebeziumMapping;
import dev.waltap.message.MessageKind;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Schemas of messages, field by field, beside those that Debezium's own classes make; they come
 * with its JDBC sink.
 */
class DebeziumClassesTest {
  private final ConnectSchemas schemas =
      new ConnectSchemas(NameAdjustment.NONE, NameAdjustment.NONE);

  private URLClassLoader loader;
  private Object factory;
  private Object asItIs;

  @BeforeEach
  void load() throws Exception {
    Path plugin = JdbcSink.plugins().resolve("debezium-connector-jdbc");
    Assumptions.assumeTrue(Files.isDirectory(plugin), "Debezium's JDBC sink is not there");
    List<URL> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(plugin)) {
      for (Path jar : files.filter(each -> each.toString().endsWith(".jar")).toList()) {
        jars.add(jar.toUri().toURL());
      }
    }
    loader = new URLClassLoader(jars.toArray(URL[]::new), getClass().getClassLoader());
    factory = type("io.debezium.schema.SchemaFactory").getMethod("get").invoke(null);
    asItIs = type("io.debezium.schema.SchemaNameAdjuster").getField("NO_OP").get(null);
  }

  @AfterEach
  void close() throws Exception {
    if (loader != null) {
      loader.close();
    }
  }

  private Class<?> type(String name) throws Exception {
    return loader.loadClass(name);
  }

  private Object invoke(String method) throws Exception {
    return factory.getClass().getMethod(method).invoke(factory);
  }

  private Object invoke(String method, Class<?> type, Object argument) throws Exception {
    return factory.getClass().getMethod(method, type).invoke(factory, argument);
  }

  private Schema named(String method) throws Exception {
    return (Schema) invoke(method, type("io.debezium.schema.SchemaNameAdjuster"), asItIs);
  }

  /** The first message of each kind that has a value. */
  private static Map<MessageKind, DataMessage> messages() throws Exception {
    Map<MessageKind, DataMessage> first = new EnumMap<>(MessageKind.class);
    DebeziumMapping mapping = new DebeziumMapping(ConnectSchemasTest.OPTIONS);
    for (Change change : ConnectSchemasTest.changes("app.db")) {
      for (DataMessage message : mapping.messages(change)) {
        if (message.value() != null) {
          first.putIfAbsent(message.kind(), message);
        }
      }
    }
    return first;
  }

  private Schema schema(MessageKind kind, boolean key) throws Exception {
    DataMessage message = messages().get(kind);
    if (message == null) {
      throw new AssertionError("no message of " + kind);
    }
    DataStruct struct = key ? message.key() : message.value();
    return schemas.schema(Objects.requireNonNull(struct).schema());
  }

  @Test
  void theEnvelopeIsTheOneThatItsBuilderMakes() throws Exception {
    Schema ours = schema(MessageKind.ROW, false);
    Class<?> envelope = type("io.debezium.data.Envelope");
    Class<?> builder = type("io.debezium.data.Envelope$Builder");
    Object theirs = envelope.getMethod("defineSchema").invoke(null);
    builder.getMethod("withName", String.class).invoke(theirs, ours.name());
    builder.getMethod("withRecord", Schema.class).invoke(theirs, ours.field("before").schema());
    builder.getMethod("withSource", Schema.class).invoke(theirs, ours.field("source").schema());
    Object built = builder.getMethod("build").invoke(theirs);
    same(ours, (Schema) envelope.getMethod("schema").invoke(built));
    assertThat(ours.field("after").schema()).isEqualTo(ours.field("before").schema());
    assertThat(envelope.getMethod("isEnvelopeSchema", Schema.class).invoke(null, ours))
        .isEqualTo(true);
  }

  @Test
  void sourceBeginsWithTheFieldsOfAllConnectors() throws Exception {
    Schema ours = schema(MessageKind.ROW, false).field("source").schema();
    Schema theirs = ((SchemaBuilder) invoke("sourceInfoSchemaBuilder")).build();
    assertThat(ours.fields().subList(0, theirs.fields().size())).isEqualTo(theirs.fields());
    assertThat(ours.version()).isEqualTo(theirs.version());
    assertThat(ours.fields().stream().skip(theirs.fields().size()).map(Field::name))
        .containsExactly("table", "stream", "position");
  }

  @Test
  void transactionsAreTheirs() throws Exception {
    same(
        schema(MessageKind.ROW, false).field("transaction").schema(),
        (Schema) invoke("transactionBlockSchema"));
    same(schema(MessageKind.TRANSACTION, true), named("transactionKeySchema"));
    same(schema(MessageKind.TRANSACTION, false), named("transactionValueSchema"));
  }

  @Test
  void schemaChangesAreTheirs() throws Exception {
    Schema ours = schema(MessageKind.SCHEMA, false);
    same(ours.field("tableChanges").schema().valueSchema(), named("schemaHistoryChangeSchema"));
    Class<?> names = type("io.debezium.relational.history.HistoryRecord$Fields");
    List<Object> fields = new ArrayList<>();
    for (String each :
        List.of("SOURCE", "TIMESTAMP", "DATABASE_NAME", "SCHEMA_NAME", "DDL_STATEMENTS")) {
      fields.add(names.getField(each).get(null));
    }
    fields.add(names.getField("TABLE_CHANGES").get(null));
    assertThat(ours.fields()).extracting(each -> (Object) each.name()).isEqualTo(fields);
    assertThat(invoke("isSchemaChangeSchema", Schema.class, ours)).isEqualTo(true);
  }

  @Test
  void heartbeatsAreTheirs() throws Exception {
    same(Heartbeats.KEY, named("heartbeatKeySchema"));
    same(Heartbeats.VALUE, named("heartbeatValueSchema"));
  }

  @Test
  void operationsAreAmongTheirs() throws Exception {
    Method find = type("io.debezium.data.Envelope$Operation").getMethod("forCode", String.class);
    for (String each : List.of("c", "u", "d", "r", "t")) {
      assertThat(find.invoke(null, each)).as(each).isNotNull();
    }
  }

  /** Field by field first, so that a failure says which one differs. */
  private static void same(Schema ours, Schema theirs) {
    assertThat(ours.fields()).isEqualTo(theirs.fields());
    assertThat(ours).isEqualTo(theirs);
  }
}
