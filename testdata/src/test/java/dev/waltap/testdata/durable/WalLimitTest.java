// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.oracle.OracleHarness;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A snapshot that is scanned while the application rewrites whole tables: the read transaction ends
 * at the WAL limit, and what was scanned by then is brought up to a newer snapshot. The application
 * writes from within the capture's progress reports, so that each test goes the same way each time.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class WalLimitTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long WAL_LIMIT = 1 << 20;

  /** What is written between two looks at the limit: all that a progress report writes. */
  private static final long MAX_WRITE = 5 << 20;

  private TestDatabase database;
  private Connection writer;
  private ReplicaOracle oracle;
  private final List<String> details = Collections.synchronizedList(new ArrayList<>());
  private Set<String> work = Set.of("scan");
  private boolean atEnd;
  private final AtomicInteger writesLeft = new AtomicInteger();
  private volatile long largestWal;

  @BeforeEach
  void create() throws Exception {
    database = TestDatabase.create(1024, "UTF-8");
    writer = database.open();
    oracle = new ReplicaOracle(OracleOptions.DEFAULT);
    Markers.create(writer);
    TestDatabase.execute(
        writer,
        "CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT)",
        "CREATE TABLE b(k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v BLOB)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
            + " INSERT INTO a SELECT i, printf('%0300d', i) FROM n",
        "INSERT INTO b SELECT 'key ' || id, zeroblob(700) FROM a",
        "INSERT INTO c SELECT id, randomblob(3000) FROM a WHERE id <= 600",
        "PRAGMA wal_checkpoint(TRUNCATE)");
  }

  @AfterEach
  void close() throws Exception {
    writer.close();
    oracle.close();
    database.close();
  }

  /** Writes more than the limit in the middle of the scan; frees the WAL once it is released. */
  private final class Application implements CaptureListener {
    private final CaptureListener next;

    Application(CaptureListener next) {
      this.next = next;
    }

    @Override
    public void ready() {
      next.ready();
    }

    @Override
    public void progress(String of, long done, long total, String unit) {
      if (work.contains(of) && writesLeft.get() > 0 && (!atEnd || done == total)) {
        rewrite(writesLeft.decrementAndGet());
      }
    }

    @Override
    public void warning(String message) {
      detail(message);
    }

    @Override
    public void detail(String message) {
      details.add(message);
      if (message.contains("the WAL limit while a snapshot is read")) {
        execute("PRAGMA wal_checkpoint(TRUNCATE)");
        assertThat(size()).as("the WAL after it was released").isZero();
      }
    }
  }

  private void rewrite(int round) {
    execute("UPDATE a SET v = printf('%0290d', id + " + round + ")");
    execute("DELETE FROM b WHERE length(k) % 5 = 0");
    execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
            + (" INSERT OR REPLACE INTO b SELECT 'round " + round + " ' || i, randomblob(900)")
            + " FROM n");
    execute("UPDATE c SET v = randomblob(2500) WHERE id % 3 = " + round % 3);
    if (round == 1) {
      execute("CREATE TABLE d AS SELECT * FROM c WHERE id < 100");
      execute("DELETE FROM c WHERE id > 300");
    }
  }

  private void execute(String sql) {
    try {
      TestDatabase.execute(writer, sql);
      largestWal = Math.max(largestWal, size());
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private Path state() {
    return database.directory().resolve("state");
  }

  private long size() {
    Path wal = Path.of(database.path() + "-wal");
    return wal.toFile().length();
  }

  private CaptureBuilder builder(CaptureListener listener) {
    return Waltap.open(database.path())
        .walLimit(WAL_LIMIT)
        .pageSetMemory(1 << 20)
        .listener(new Application(listener));
  }

  private void capture(OracleHarness.Mode mode) throws Exception {
    OracleHarness.CaptureFactory factory =
        (path, handler, listener) ->
            builder(listener).handler(handler).stateDirectory(state()).build();
    try (OracleHarness harness = new OracleHarness(database.path(), oracle, factory, mode)) {
      harness.start().awaitReady(LIMIT);
      harness.settle(writer, 1, LIMIT);
      TestDatabase.execute(writer, "UPDATE c SET v = v || 'x'", "DELETE FROM a WHERE id % 2 = 0");
      harness.settle(writer, 2, LIMIT);
      assertThat(harness.capture().metrics().walLimits()).isGreaterThanOrEqualTo(1);
    }
    assertThat(writesLeft.get()).as("the scan was interrupted as often as meant").isZero();
    assertThat(details).anyMatch(line -> line.contains("what changes meanwhile is read again"));
  }

  @Test
  void bootstrapsFromSeveralSnapshots() throws Exception {
    writesLeft.set(3);
    capture(ChangeDataCapture::bootstrapAndCdc);
    assertThat(largestWal).isLessThan(WAL_LIMIT + MAX_WRITE);
  }

  @Test
  void setsUpFromSeveralSnapshots() throws Exception {
    writesLeft.set(3);
    try (ChangeDataCapture setup = builder(CaptureListener.NONE).stateDirectory(state()).build()) {
      setup.setup();
      assertThat(setup.metrics().walLimits()).isGreaterThanOrEqualTo(1);
    }
    assertThat(writesLeft.get()).isZero();
    oracle.baseline(writer);
    try (OracleHarness harness =
        new OracleHarness(
            database.path(),
            oracle,
            (path, handler, listener) ->
                builder(listener).handler(handler).stateDirectory(state()).build(),
            ChangeDataCapture::cdc)) {
      harness.start().awaitReady(LIMIT);
      TestDatabase.execute(writer, "UPDATE c SET v = v || 'x'", "DELETE FROM a WHERE id % 2 = 0");
      harness.settle(writer, 1, LIMIT);
    }
  }

  /**
   * The limit is reached while held pages are compared, or while pages are found that are not held.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void reconcilesWithSeveralSnapshots(boolean compared) throws Exception {
    atEnd = compared;
    try (ChangeDataCapture setup = builder(CaptureListener.NONE).stateDirectory(state()).build()) {
      setup.setup();
    }
    oracle.baseline(writer);
    rewrite(2);
    execute("CREATE INDEX i ON a(v)");
    execute("PRAGMA wal_checkpoint(TRUNCATE)");
    work = Set.of("reconcile");
    writesLeft.set(4);
    largestWal = 0;
    capture(ChangeDataCapture::cdc);
    assertThat(largestWal).isLessThan(WAL_LIMIT + MAX_WRITE);
  }

  /** Others read on, or nobody checkpoints: a release would not make the WAL any shorter. */
  @Test
  void scansUnderAWalThatIsOverTheLimitAlready() throws Exception {
    try (Connection reader = database.open()) {
      TestDatabase.execute(reader, "BEGIN", "SELECT count(*) FROM a");
      rewrite(3);
      rewrite(4);
      assertThat(size()).isGreaterThan(2 * WAL_LIMIT);
      try (ChangeDataCapture bootstrap =
          builder(CaptureListener.NONE).handler(oracle).noState().build()) {
        bootstrap.bootstrap();
        assertThat(bootstrap.metrics().walLimits()).isZero();
      }
    }
    oracle.compareWith(writer);
  }

  @Test
  void saysWhenMoreIsWrittenThanCanBeRead() {
    work = Set.of("bootstrap", "scan");
    writesLeft.set(Integer.MAX_VALUE);
    assertThatThrownBy(
            () -> {
              try (ChangeDataCapture bootstrap =
                  builder(CaptureListener.NONE).handler(oracle).noState().build()) {
                bootstrap.bootstrap();
              }
            })
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("raise --wal-limit");
    assertThat(details).anyMatch(line -> line.contains("all rows are emitted again"));
  }
}
