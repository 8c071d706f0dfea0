// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.broker.Broker;
import dev.waltap.testdata.broker.CaptureProcess;
import dev.waltap.testdata.broker.SharedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What consumers see under read_committed, and how a capture begins. */
@Tag("slow")
class KafkaOutputTest {
  private static final Pattern POSITION = Pattern.compile("\"position\":\"([0-9:]+)\"");

  private static final Pattern OPERATION = Pattern.compile("\"op\":\"(.)\"");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final String name = "db-" + UUID.randomUUID();
  private final String topic = name + ".t";
  private Broker broker;
  private TestDatabase database;
  private Connection writer;

  @BeforeEach
  void open() throws Exception {
    broker = SharedBroker.get();
    database = TestDatabase.create();
    writer = database.open();
    run("CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
  }

  @AfterEach
  void close() throws Exception {
    writer.close();
    database.close();
  }

  private void run(String... statements) throws SQLException {
    TestDatabase.execute(writer, statements);
  }

  private Path state() {
    return database.directory().resolve("state");
  }

  private CaptureProcess capture(String command, String... more) throws Exception {
    return start(state(), command, more);
  }

  private CaptureProcess start(Path state, String command, String... more) throws Exception {
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of(command, database.path().toString(), "--source-name", name));
    if (!command.equals("bootstrap")) {
      arguments.addAll(List.of("--state", state.toString()));
    }
    arguments.addAll(List.of(more));
    return CaptureProcess.start(
        database.directory(), broker.address(), arguments.toArray(String[]::new));
  }

  private List<String> values() {
    return Topic.values(broker.address(), topic);
  }

  private static List<String> positions(List<String> values) {
    return values.stream()
        .map(
            value -> {
              Matcher found = POSITION.matcher(value);
              assertThat(found.find()).as(value).isTrue();
              return found.group(1);
            })
        .toList();
  }

  private void catchUp() throws Exception {
    try (CaptureProcess capture = capture("cdc", "--once")) {
      assertThat(capture.exit()).as(capture.errors()).isZero();
    }
  }

  @Test
  void everyChangeIsInItsTablesTopicWithItsKeyAndThePositionBesideIt() throws Exception {
    catchUp();
    run("INSERT INTO t VALUES (1, 'Ada'), (2, 'Bob')", "UPDATE t SET b = 'Eve' WHERE a = 2");
    catchUp();
    var records = Topic.read(broker.address(), topic);
    assertThat(records).hasSize(3);
    assertThat(records)
        .extracting(each -> Topic.text(each.key()))
        .containsExactly("{\"a\":1}", "{\"a\":2}", "{\"a\":2}");
    List<String> values = values();
    assertThat(values.get(2))
        .contains("\"operation\":\"UPDATE\"")
        .contains("\"after\":{\"a\":2,\"b\":\"Eve\"}");
    assertThat(held()).contains("\"position\":\"" + positions(values).get(2) + "\"");
  }

  /** The last record of this database's position. */
  private String held() {
    return Topic.read(broker.address(), "waltap-positions").stream()
        .filter(each -> Topic.text(each.key()).contains(name))
        .reduce((first, second) -> second)
        .map(each -> Topic.text(each.value()))
        .orElse("");
  }

  @Test
  void debeziumsMessagesGoToTopicsOfTablesSchemasAndTransactions() throws Exception {
    catchUp();
    run(
        "INSERT INTO t VALUES (1, 'Ada')",
        "UPDATE t SET b = 'Eve'",
        "UPDATE t SET a = 2",
        "DELETE FROM t",
        "CREATE TABLE u(a)");
    try (CaptureProcess capture =
        capture("cdc", "--once", "--format", "debezium", "--with-transactions")) {
      assertThat(capture.exit()).as(capture.errors()).isZero();
    }
    assertThat(Topic.read(broker.address(), topic))
        .extracting(each -> Topic.text(each.key()) + " " + operation(each.value()))
        .containsExactly(
            "{\"a\":1} c",
            "{\"a\":1} u",
            "{\"a\":1} d",
            "{\"a\":1} tombstone",
            "{\"a\":2} c",
            "{\"a\":2} d",
            "{\"a\":2} tombstone");
    assertThat(Topic.values(broker.address(), name))
        .singleElement()
        .asString()
        .contains("\"ddl\":\"CREATE TABLE u(a)\"");
    assertThat(Topic.values(broker.address(), name + ".transaction"))
        .hasSize(8)
        .allMatch(each -> each.contains("\"status\":\"BEGIN\"") || each.contains("END"));
  }

  private static String operation(byte @Nullable [] value) {
    if (value == null) {
      return "tombstone";
    }
    Matcher found = OPERATION.matcher(Topic.text(value));
    assertThat(found.find()).as(Topic.text(value)).isTrue();
    return found.group(1);
  }

  @Test
  void aStateThatIsBehindKafkaSkipsWhatWasSent() throws Exception {
    catchUp();
    try (CaptureProcess capture = capture("cdc")) {
      capture.await("ready");
      for (int i = 0; i < 5; i++) {
        run("INSERT INTO t VALUES (" + i + ", 'x')");
        Await.until(LIMIT, () -> held().contains("\"position\":\""), capture::errors);
      }
      // Killed between Kafka's commit and the state's next sync as often as not.
      capture.kill();
    }
    run("INSERT INTO t VALUES (99, 'after')");
    catchUp();
    assertThat(values()).hasSize(6);
    assertThat(positions(values())).doesNotHaveDuplicates();
  }

  @Test
  void aNewStreamBootstrapsAgainAndSkipsNothing() throws Exception {
    catchUp();
    run("INSERT INTO t VALUES (1, 'Ada')");
    catchUp();
    dev.waltap.testdata.Directories.delete(state());
    try (CaptureProcess again = capture("cdc", "--once")) {
      assertThat(again.exit()).as(again.errors()).isZero();
      assertThat(again.errors())
          .contains("another stream of the database")
          .contains("starting over");
    }
    assertThat(values().stream().filter(each -> each.contains("\"operation\":\"BOOTSTRAP\"")))
        .hasSize(1);
    assertThat(values().get(values().size() - 1)).contains("INSERT").contains("Ada");
  }

  @Test
  void aKafkaThatLostChangesIsAGap() throws Exception {
    catchUp();
    run("INSERT INTO t VALUES (1, 'Ada')");
    catchUp();
    broker = SharedBroker.other(); // As if its disk had been replaced.
    run("INSERT INTO t VALUES (2, 'Bob')");
    try (CaptureProcess refused = capture("cdc", "--once", "--on-gap", "fail")) {
      assertThat(refused.exit()).as(refused.errors()).isEqualTo(3);
      assertThat(refused.errors()).contains("Kafka holds nothing of what this state counts");
    }
    assertThat(values()).isEmpty();
    catchUp();
    assertThat(values().stream().filter(each -> each.contains("\"operation\":\"INSERT\"")))
        .hasSize(2);
    run("INSERT INTO t VALUES (3, 'Cyd')");
    catchUp();
    assertThat(values().stream().filter(each -> each.contains("\"operation\":\"INSERT\"")))
        .hasSize(3);
  }

  @Test
  void anOlderCopyOfTheStateIsAGap() throws Exception {
    catchUp();
    Path copy = database.directory().resolve("copy");
    copy(state(), copy);
    run("INSERT INTO t VALUES (1, 'Ada')");
    catchUp();
    run("PRAGMA wal_checkpoint(TRUNCATE)", "INSERT INTO t VALUES (2, 'Bob')");
    catchUp();
    try (CaptureProcess old = start(copy, "cdc", "--once", "--on-gap", "fail")) {
      assertThat(old.exit()).as(old.errors()).isEqualTo(3);
      assertThat(old.errors()).contains("it is an older copy");
    }
    try (CaptureProcess old = start(copy, "cdc", "--once")) {
      assertThat(old.exit()).as(old.errors()).isZero();
    }
    assertThat(values().stream().filter(each -> each.contains("BOOTSTRAP"))).hasSize(1);
    assertThat(values().get(values().size() - 1)).contains("Bob");
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.createDirectory(to);
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void aSecondWriterOfTheStreamFencesTheFirst() throws Exception {
    catchUp();
    Path copy = database.directory().resolve("copy");
    copy(state(), copy);
    try (CaptureProcess first = capture("cdc")) {
      first.await("ready");
      try (CaptureProcess second = start(copy, "cdc")) {
        second.await("ready");
        run("INSERT INTO t VALUES (1, 'Ada')");
        assertThat(first.exit()).as(first.errors()).isEqualTo(1);
        assertThat(first.errors()).contains("another capture writes this stream");
        assertThat(second.isAlive()).as(second.errors()).isTrue();
        assertThat(second.stop()).isZero();
      }
    }
    assertThat(values()).hasSize(1);
  }

  @Test
  void aStateThatIsInUseIsRefusedAndNobodyIsFenced() throws Exception {
    catchUp();
    try (CaptureProcess first = capture("cdc")) {
      first.await("ready");
      try (CaptureProcess second = capture("cdc")) {
        assertThat(second.exit()).isEqualTo(1);
      }
      run("INSERT INTO t VALUES (1, 'Ada')");
      Await.until(LIMIT, () -> !values().isEmpty(), first::errors);
      assertThat(first.stop()).isZero();
    }
  }
}
