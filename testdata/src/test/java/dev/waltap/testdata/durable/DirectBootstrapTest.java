// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Operation;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.io.RandomAccessFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Rows that a bootstrap emits straight from the database, while the application writes or the
 * handler is slow: they are those of one snapshot, and the read transaction ends in time.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class DirectBootstrapTest {
  private static final long WAL_LIMIT = 4 << 20;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private TestDatabase database;
  private Connection writer;
  private ReplicaOracle oracle;
  private final List<String> warnings = new ArrayList<>();
  private final List<Change> structure = new ArrayList<>();
  private long rows;

  @BeforeEach
  void create() throws Exception {
    database = TestDatabase.create(1024, "UTF-8");
    writer = database.open();
    oracle = new ReplicaOracle(OracleOptions.DEFAULT);
    TestDatabase.execute(
        writer,
        "CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT)",
        "CREATE TABLE b(k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v BLOB)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
            + " INSERT INTO a SELECT i, printf('%0200d', i) FROM n",
        "INSERT INTO b SELECT 'key ' || id, randomblob(id % 1500) FROM a WHERE id <= 3000",
        "INSERT INTO c SELECT id, randomblob(3000) FROM a WHERE id <= 600",
        "PRAGMA wal_checkpoint(TRUNCATE)");
  }

  @AfterEach
  void close() throws Exception {
    writer.close();
    oracle.close();
    database.close();
  }

  /** Rewrites rows of all tables the first time that rows are reported, more or less of them. */
  private class Application implements CaptureListener {
    private String sql;

    Application(String sql) {
      this.sql = sql;
    }

    @Override
    public void progress(String work, long done, long total, String unit) {
      if (work.equals("bootstrap") && !sql.isEmpty()) {
        execute(sql);
        sql = "";
      }
    }

    @Override
    public void warning(String message) {
      warnings.add(message);
    }
  }

  private void execute(String sql) {
    try {
      TestDatabase.execute(writer, sql.split(";"));
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private CaptureBuilder builder(CaptureListener listener) {
    return Waltap.open(database.path())
        .noState()
        .walLimit(WAL_LIMIT)
        .pageSetMemory(1 << 20)
        .listener(listener);
  }

  private void bootstrap(CaptureBuilder builder) {
    try (ChangeDataCapture bootstrap = builder.handler(this::handle).build()) {
      bootstrap.bootstrap();
    }
  }

  private void handle(List<Change> changes) throws Exception {
    for (Change change : changes) {
      rows += change.operation() == Operation.INSERT ? 1 : 0;
      if (change.operation() == Operation.BOOTSTRAP || change.transaction().last()) {
        structure.add(change);
      }
    }
    oracle.handleChanges(changes);
  }

  private List<Operation> structure() {
    return structure.stream().map(Change::operation).toList();
  }

  private static final String REWRITE =
      "UPDATE a SET v = 'changed' WHERE id % 5 = 0; DELETE FROM b WHERE length(v) % 2 = 0;"
          + "DELETE FROM c WHERE id > 100; CREATE TABLE d AS SELECT * FROM c;";

  /** One row of each leaf is enough to write all of it, several times over. */
  private static String rewriteOften() {
    return REWRITE
        + "UPDATE a SET v = printf('%0200d', id + 1);"
        + "UPDATE a SET v = printf('%0200d', id + 2); UPDATE a SET v = printf('%0200d', id + 3);"
        + "UPDATE c SET v = randomblob(3000); UPDATE a SET v = printf('%0200d', id + 4);"
        + "DROP TABLE a;";
  }

  @Test
  void emitsTheSnapshotThatItBeganWithWhileTheWalGrows() throws Exception {
    Snapshot before = new SnapshotReader(writer, OracleOptions.DEFAULT.tables()).read();
    bootstrap(builder(new Application(REWRITE)));
    oracle.compareWith(before);
    assertThat(structure())
        .containsExactly(
            Operation.BOOTSTRAP, Operation.BOOTSTRAP, Operation.BOOTSTRAP, Operation.INSERT);
    assertThat(warnings).isEmpty();
  }

  @Test
  void startsOverWhereTheWalReachesItsLimit() throws Exception {
    bootstrap(builder(new Application(rewriteOften())));
    oracle.compareWith(writer);
    assertThat(warnings).singleElement().asString().contains("all rows are emitted again");
    // Whatever was emitted of the first snapshot is ended as a transaction is.
    assertThat(structure.stream().filter(change -> change.transaction().last())).hasSize(2);
    assertThat(structure.get(structure.size() - 1).position().epoch()).isEqualTo(2);
  }

  @Test
  void endsWhileTheRestIsCopied() throws Exception {
    TestDatabase.execute(
        writer,
        "INSERT INTO a SELECT id + 6000, v FROM a",
        "INSERT INTO a SELECT id + 12000, v FROM a",
        "INSERT INTO a SELECT id + 24000, v FROM a",
        "PRAGMA wal_checkpoint(TRUNCATE)");
    AtomicReference<ChangeDataCapture> running = new AtomicReference<>();
    AtomicInteger copied = new AtomicInteger();
    Application application =
        new Application("UPDATE a SET v = 'changed' WHERE id % 20 = 0") {
          @Override
          public void progress(String work, long done, long total, String unit) {
            super.progress(work, done, total, unit);
            if (work.equals("scan") && copied.incrementAndGet() == 1) {
              close(Objects.requireNonNull(running.get()));
            }
          }
        };
    try (ChangeDataCapture bootstrap = builder(application).handler(this::handle).build()) {
      running.set(bootstrap);
      bootstrap.bootstrap();
    }
    assertThat(copied.get()).as("reports of 1,024 pages each").isEqualTo(1);
  }

  /** From another thread, as a signal does; returns when the capture knows that it is to end. */
  private static void close(ChangeDataCapture capture) {
    Thread closing = new Thread(capture::close);
    closing.start();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (closing.getState() != Thread.State.TIMED_WAITING && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void refusesDamageInATableThatIsLeftOut() throws Exception {
    long root;
    try (Statement statement = writer.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT rootpage FROM sqlite_schema WHERE name = 'a'")) {
      root = row.getLong(1);
    }
    writer.close();
    try (RandomAccessFile file = new RandomAccessFile(database.path().toFile(), "rw")) {
      file.seek((root - 1) * 1024 + 3);
      file.writeShort(0x7fff); // The number of cells.
    }
    assertThatThrownBy(() -> bootstrap(builder(new Application("")).tables("c")))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("table a")
        .hasMessageContaining("integrity_check");
    assertThat(rows).isZero();
  }

  @Test
  void countsRowsThatAreLeftOutWithoutCopyingThem() throws Exception {
    bootstrap(builder(new Application("")).tables("c"));
    assertThat(rows).isEqualTo(600);
    // SCHEMA and BOOTSTRAP of each table, and all rows, are counted before any filter.
    assertThat(structure.get(structure.size() - 1).position().index())
        .isEqualTo(3 * 2 + 6000 + 3000 + 600 - 1);
  }

  @Test
  void aSlowHandlerHoldsNoReadTransaction() throws Exception {
    assumeTrue(TestDatabase.hasShell());
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ChangeDataCapture capture =
        builder(CaptureListener.NONE)
            .queueChanges(16)
            .batchSize(8)
            .handler(
                changes -> {
                  begun.countDown();
                  goOn.await();
                  handle(changes);
                })
            .build();
    Thread runner = new Thread(capture::bootstrap);
    runner.start();
    try {
      assertThat(begun.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      TestDatabase.execute(writer, "UPDATE a SET v = 'changed' WHERE id = 6000");
      long end = System.nanoTime() + LIMIT.toNanos();
      while (!database.shell("PRAGMA wal_checkpoint(TRUNCATE)").strip().equals("0|0|0")) {
        assertThat(System.nanoTime()).as("the read transaction ends").isLessThan(end);
      }
      TestDatabase.execute(writer, "DELETE FROM a WHERE id > 10");
      assertThat(database.shell("PRAGMA wal_checkpoint(TRUNCATE)").strip()).isEqualTo("0|0|0");
      goOn.countDown();
      runner.join();
      assertThat(rows).isEqualTo(6000 + 3000 + 600);
    } finally {
      goOn.countDown();
      capture.close();
      runner.join();
    }
  }
}
