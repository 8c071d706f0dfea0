// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Position;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateStatus;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A task, as a worker uses it. */
class WaltapSourceTaskTest {
  private static final String ROWS = "test.db.t";

  private final FakeKafka kafka = new FakeKafka();
  private TestDatabase database;
  private Connection writer;

  @BeforeEach
  void makeDatabase() throws SQLException {
    database = TestDatabase.create();
    writer = database.open();
    run("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)");
  }

  @AfterEach
  void removeDatabase() throws SQLException {
    writer.close();
    database.close();
  }

  private void run(String... statements) throws SQLException {
    TestDatabase.execute(writer, statements);
  }

  private FakeWorker start(boolean exact, String... options) {
    return FakeWorker.start(kafka, exact, database.path(), options);
  }

  /** Such as {@code c 1 x}: operation, key, text. */
  private List<String> rows() {
    return kafka.records.stream().filter(each -> each.topic().equals(ROWS)).map(this::row).toList();
  }

  private String row(SourceRecord record) {
    Struct value = (Struct) record.value();
    if (value == null) {
      return "tombstone " + ((Struct) record.key()).getInt64("a");
    }
    Struct image =
        value.getStruct("after") != null ? value.getStruct("after") : value.getStruct("before");
    String op = value.getString("op");
    return image == null ? op : op + " " + image.getInt64("a") + " " + image.getString("b");
  }

  private @Nullable Position acknowledged() {
    return StateStatus.of(StateDirectory.at(StateDirectory.pathFor(database.path())))
        .acknowledged();
  }

  /** Goes on until the state has what is committed. */
  private void settle(FakeWorker worker) throws InterruptedException {
    StreamOffset last = StreamOffset.of(kafka.records.get(kafka.records.size() - 1).sourceOffset());
    Position committed = last == null ? null : last.position();
    long end = System.nanoTime() + 20_000_000_000L;
    while (System.nanoTime() < end) {
      Position saved = acknowledged();
      if (committed != null
          && saved != null
          && saved.epoch() == committed.epoch()
          && saved.frame() == committed.frame()) {
        return;
      }
      worker.step();
    }
    throw new AssertionError("the state stays at " + acknowledged() + ", not " + committed);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rowsThatAreThereComeFirstThenChangesAndAfterAStopTheRest(boolean exact) throws Exception {
    run("INSERT INTO t VALUES (1, 'x')");
    try (FakeWorker worker = start(exact)) {
      worker.until(2);
      run("UPDATE t SET b = 'y'");
      worker.until(3);
      run("DELETE FROM t");
      worker.until(5);
      run("INSERT INTO t VALUES (2, 'z')");
      settle(worker.until(6));
    }
    run("INSERT INTO t VALUES (3, 'w')");
    try (FakeWorker worker = start(exact)) {
      worker.until(7);
    }
    assertThat(rows()).containsExactly("r 1 x", "u 1 y", "d 1 y", "tombstone 1", "c 2 z", "c 3 w");
    assertThat(kafka.records.get(0).topic()).isEqualTo("test.db");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsNotCommittedComesAgain(boolean exact) throws Exception {
    try (FakeWorker worker = start(exact)) {
      settle(worker.until(1));
      Position before = acknowledged();
      run("INSERT INTO t VALUES (1, 'x')");
      List<SourceRecord> polled = new ArrayList<>();
      while (polled.isEmpty()) {
        polled.addAll(worker.poll());
      }
      assertThat(acknowledged()).isEqualTo(before);
    }
    try (FakeWorker worker = start(exact)) {
      worker.until(2);
    }
    assertThat(rows()).containsExactly("c 1 x");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theStateFollowsWhatIsCommitted(boolean exact) throws Exception {
    StreamOffset offset;
    try (FakeWorker worker = start(exact)) {
      worker.until(1);
      for (int i = 1; i <= 20; i++) {
        run("INSERT INTO t VALUES (" + i + ", 'x')");
        worker.until(1 + i);
      }
      settle(worker);
      offset = kafka.offset("test.db");
    }
    try (FakeWorker worker = start(exact)) {
      run("INSERT INTO t VALUES (21, 'x')");
      worker.until(22);
      assertThat(kafka.offset("test.db").stream()).isEqualTo(offset.stream());
    }
    assertThat(rows()).doesNotHaveDuplicates().hasSize(21);
  }

  @Test
  void aTransactionIsNeverSplit() throws Exception {
    try (FakeWorker worker = start(true, Options.MAX_BATCH, "7")) {
      worker.until(1);
      run("BEGIN");
      for (int i = 1; i <= 500; i++) {
        run("INSERT INTO t VALUES (" + i + ", 'x')");
      }
      run("COMMIT");
      int polls = 0;
      while (kafka.records.size() == 1) {
        worker.step();
        polls++;
      }
      assertThat(kafka.records).hasSize(501);
      assertThat(polls).isGreaterThan(10);
    }
  }

  @Test
  void oneThatIsLargerThanAllowedIsAndGoesOnWhereItWas() throws Exception {
    try (FakeWorker worker = start(true)) {
      settle(worker.until(1));
    }
    String[] options = {Options.MAX_BATCH, "7", Options.MAX_TRANSACTION_BYTES, "20000"};
    try (FakeWorker worker = start(true, options)) {
      run("BEGIN");
      for (int i = 1; i <= 500; i++) {
        run("INSERT INTO t VALUES (" + i + ", 'x')");
      }
      run("COMMIT");
      worker.until(100);
      assertThat(kafka.records.size()).isLessThan(400);
    }
    try (FakeWorker worker = start(true, options)) {
      worker.until(501);
      run("INSERT INTO t VALUES (501, 'y')");
      worker.until(502);
    }
    assertThat(rows()).doesNotHaveDuplicates().hasSize(501).endsWith("c 500 x", "c 501 y");
  }

  @Test
  void transactionsOfTwoDatabasesAreNotMixed() throws Exception {
    Path other = database.directory().resolve("other.db");
    try (Connection second = TestDatabase.open(other)) {
      TestDatabase.execute(
          second, "PRAGMA journal_mode = WAL", "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)");
      try (FakeWorker worker =
          FakeWorker.start(kafka, true, List.of(database.path(), other), Options.MAX_BATCH, "5")) {
        worker.until(2);
        for (Connection each : List.of(writer, second)) {
          TestDatabase.execute(each, "BEGIN");
          for (int i = 1; i <= 100; i++) {
            TestDatabase.execute(each, "INSERT INTO t VALUES (" + i + ", 'x')");
          }
          TestDatabase.execute(each, "COMMIT");
        }
        worker.until(202);
      }
    }
    List<String> topics = kafka.records.stream().skip(2).map(SourceRecord::topic).toList();
    assertThat(topics.subList(0, 100)).containsOnly(topics.get(0));
    assertThat(topics.subList(100, 200)).containsOnly(topics.get(100));
    assertThat(topics.get(100)).isNotEqualTo(topics.get(0));
    assertThat(kafka.offsets).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whereATransformDropsAllItGoesOn(boolean exact) throws Exception {
    try (FakeWorker worker = start(exact)) {
      worker.until(1);
      worker.passing = record -> false;
      for (int i = 1; i <= 5; i++) {
        run("INSERT INTO t VALUES (" + i + ", 'x')");
        worker.step();
      }
      worker.passing = record -> true;
      run("INSERT INTO t VALUES (6, 'last')");
      long end = System.nanoTime() + 20_000_000_000L;
      while (!rows().contains("c 6 last") && System.nanoTime() < end) {
        worker.step();
      }
    }
    assertThat(rows()).endsWith("c 6 last");
  }

  @Test
  void anOffsetBehindTheStateIsNoLossWhereOffsetsComeLater() throws Exception {
    try (FakeWorker worker = start(false)) {
      settle(worker.until(1));
      worker.commitsOffsets = false;
      run("INSERT INTO t VALUES (1, 'x')");
      settle(worker.until(2));
    }
    try (FakeWorker worker = start(false)) {
      run("INSERT INTO t VALUES (2, 'y')");
      worker.until(3);
    }
    assertThat(rows()).containsExactly("c 1 x", "c 2 y");
  }

  @Test
  void withExactlyOnceAnOffsetBehindTheStateIsALoss() throws Exception {
    Map<Map<String, ?>, Map<String, ?>> before;
    try (FakeWorker worker = start(true)) {
      settle(worker.until(1));
      before = new HashMap<>(kafka.offsets);
      run("INSERT INTO t VALUES (1, 'x')");
      settle(worker.until(2));
    }
    kafka.offsets.putAll(before);
    assertThatThrownBy(() -> start(true, Options.ON_GAP, "fail").until(3))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("this state counts more as delivered")
        .hasMessageContaining("on.gap=bootstrap");
    try (FakeWorker worker = start(true)) {
      worker.until(5);
    }
    assertThat(rows()).containsExactly("c 1 x", "t", "r 1 x");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutItsOffsetsOrWithThoseOfAnotherStreamItStartsOver(boolean exact) throws Exception {
    try (FakeWorker worker = start(exact)) {
      run("INSERT INTO t VALUES (1, 'x')");
      settle(worker.until(2));
    }
    kafka.records.clear();
    kafka.offsets.clear();
    try (FakeWorker worker = start(exact)) {
      settle(worker.until(3));
    }
    assertThat(rows()).containsExactly("t", "r 1 x");
    kafka.records.clear();
    kafka.offsets.put(
        StreamOffset.partition("test.db"),
        new StreamOffset(UUID.randomUUID().toString(), new Position(9, 9, 9)).map());
    try (FakeWorker worker = start(exact)) {
      worker.until(3);
    }
    assertThat(rows()).containsExactly("t", "r 1 x");
  }

  @Test
  void withoutASnapshotOnlyChangesCome() throws Exception {
    run("INSERT INTO t VALUES (1, 'x')");
    try (FakeWorker worker = start(true, Options.SNAPSHOT_MODE, "no_data")) {
      worker.step();
      Path state = StateDirectory.pathFor(database.path());
      long end = System.nanoTime() + 20_000_000_000L;
      while (!StateDirectory.at(state).exists() && System.nanoTime() < end) {
        worker.step();
      }
      run("INSERT INTO t VALUES (2, 'y')");
      worker.until(1);
    }
    assertThat(rows()).containsExactly("c 2 y");
  }

  @Test
  void aFileThatIsNotThereIsRefusedInWordsAndNotMade() {
    Path none = database.directory().resolve("none.db");
    try (FakeWorker worker = FakeWorker.start(kafka, false, none)) {
      assertThatThrownBy(worker::step)
          .isInstanceOf(ConnectException.class)
          .hasMessage(none + ": does not exist, there is nothing to capture: check the path");
    }
    assertThat(none).doesNotExist();
    assertThat(StateDirectory.pathFor(none)).doesNotExist();
  }

  @Test
  void aTableThatIsNotThereFailsTheTask() throws Exception {
    try (FakeWorker worker = start(false, Options.TABLES, "none")) {
      assertThatThrownBy(() -> worker.until(1))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("none");
    }
  }

  @Test
  void aValueThatDoesNotFitFailsTheTaskIfAsked() throws Exception {
    run("INSERT INTO t VALUES (1, x'00')");
    try (FakeWorker worker = start(false, Options.TYPE_MISMATCH, "fail")) {
      assertThatThrownBy(() -> worker.until(3))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("test.db.t.b")
          .hasMessageContaining("choose another type.mismatch");
    }
  }

  @Test
  void aStateThatAnotherHoldsIsWaitedFor() throws Exception {
    try (FakeWorker first = start(false)) {
      first.until(1);
      try (FakeWorker second = start(false, Options.STATE_WAIT, "60000")) {
        assertThat(second.step()).isEmpty();
        run("INSERT INTO t VALUES (1, 'x')");
        settle(first.until(2));
        first.close();
        run("INSERT INTO t VALUES (2, 'y')");
        second.until(3);
      }
    }
    assertThat(rows()).containsExactly("c 1 x", "c 2 y");
  }

  @Test
  void aStateThatAnotherHoldsForLongerIsRefused() throws Exception {
    try (FakeWorker first = start(false);
        FakeWorker second = start(false)) {
      first.until(1);
      assertThatThrownBy(second::step)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("one capture at a time");
    }
  }

  @Test
  void heartbeatsComeWhenNothingElseDoes() throws Exception {
    try (FakeWorker worker = start(true, Options.HEARTBEAT, "1")) {
      worker.until(2);
    }
    SourceRecord beat = kafka.records.get(1);
    assertThat(beat.topic()).isEqualTo("__waltap-heartbeat.test.db");
    assertThat(beat.sourceOffset()).isEqualTo(kafka.records.get(0).sourceOffset());
  }

  @Test
  void theMetricsOfEachDatabaseAreThoseOfTheReadmeAndGoWithTheTask() throws Exception {
    Map<String, Object> values = new HashMap<>();
    try (FakeWorker worker = start(true)) {
      run("INSERT INTO t VALUES (1, 'x')");
      settle(worker.until(2));
      worker
          .metrics
          .metrics()
          .forEach(
              (name, metric) -> {
                if ("test.db".equals(name.tags().get("database"))) {
                  assertThat(name.group()).isEqualTo("plugins");
                  values.put(name.name(), metric.metricValue());
                }
              });
      worker.stop();
      assertThat(worker.metrics.metrics().keySet())
          .noneMatch(each -> each.tags().containsKey("database"));
    }
    String readme = Files.readString(Path.of("README.md"));
    String listed =
        readme.substring(readme.indexOf("## Metrics"), readme.indexOf("## What a sink"));
    assertThat(values.keySet())
        .hasSize(9)
        .allSatisfy(name -> assertThat(listed).contains("`" + name + "`"));
    for (String each : List.of("changes", "wal-bytes")) {
      assertThat(values)
          .hasEntrySatisfying(each, value -> assertThat((Long) value).as(each).isPositive());
    }
  }

  @Test
  void oneThatFailsToCloseKeepsNoOtherOpen() {
    List<String> closed = new ArrayList<>();
    AutoCloseable fails =
        () -> {
          throw new IllegalStateException("no");
        };
    WaltapSourceTask.closeAll(List.of(fails, () -> closed.add("other")));
    assertThat(closed).containsExactly("other");
  }

  @Test
  void theStateIsWhereItWasAskedFor() throws Exception {
    Path root = database.directory().resolve("states");
    Files.createDirectory(root);
    try (FakeWorker worker =
        start(false, Options.STATE_ROOT, root.toString(), Options.SOURCE_NAME, "shop")) {
      worker.until(1);
    }
    assertThat(root.resolve("shop-waltap/state.db")).exists();
    assertThat(StateDirectory.pathFor(database.path())).doesNotExist();
    assertThat(kafka.records.get(0).topic()).isEqualTo("shop");
  }
}
