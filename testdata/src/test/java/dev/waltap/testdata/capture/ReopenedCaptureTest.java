// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.OracleOptions;
import dev.waltap.testdata.oracle.ReplicaOracle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A capture that ended in order and is opened again reads the pages of its state when it needs
 * them: what it emits is the same as if it had read them all.
 */
class ReopenedCaptureTest {
  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) ";

  private TestDatabase database;
  private Connection writer;
  private ReplicaOracle oracle;

  @BeforeEach
  void setUp() throws Exception {
    database = TestDatabase.create(1024, "UTF-8", "PRAGMA auto_vacuum = INCREMENTAL");
    writer = database.open();
    TestDatabase.execute(
        writer,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, n, v)",
        "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
        NUMBERS + "INSERT INTO t SELECT i, i, randomblob(10 + i % 7 * 600) FROM n",
        NUMBERS + "INSERT INTO w SELECT 'k' || i, randomblob(i % 5 * 300) FROM n");
    oracle = new ReplicaOracle(OracleOptions.DEFAULT.withHistory());
    oracle.baseline(writer);
  }

  @AfterEach
  void tearDown() throws Exception {
    oracle.close();
    writer.close();
    database.close();
  }

  private Path state() {
    return database.directory().resolve("state");
  }

  private CaptureBuilder builder() {
    return Waltap.open(database.path()).stateDirectory(state()).handler(oracle);
  }

  private void catchUp() throws Exception {
    try (ChangeDataCapture capture = builder().once(true).build()) {
      capture.cdc();
    }
    oracle.compareWith(writer);
  }

  private static List<String> statements(Random random) {
    int id = 1 + random.nextInt(450);
    int size = random.nextInt(4000);
    List<String> all = new ArrayList<>();
    all.add("UPDATE t SET n = n + 1 WHERE id = " + id);
    all.add("UPDATE t SET v = randomblob(length(v)) WHERE id = " + id);
    all.add("UPDATE t SET v = randomblob(" + size + ") WHERE id % 50 = " + id % 50);
    all.add("INSERT INTO t(n, v) VALUES(" + id + ", randomblob(" + size + "))");
    all.add("DELETE FROM t WHERE id BETWEEN " + id + " AND " + (id + random.nextInt(60)));
    all.add("REPLACE INTO w(k, v) VALUES('k" + id + "', randomblob(" + size / 3 + "))");
    all.add("DELETE FROM w WHERE k LIKE 'k" + id % 40 + "%'");
    all.add("PRAGMA incremental_vacuum(5)");
    all.add("PRAGMA wal_checkpoint(TRUNCATE)");
    if (random.nextInt(4) == 0) {
      all.add("VACUUM");
      all.add("DROP TABLE IF EXISTS x");
      all.add("CREATE TABLE IF NOT EXISTS x AS SELECT * FROM t WHERE id < " + id);
      all.add("ALTER TABLE w ADD COLUMN c" + random.nextInt(1_000_000) + " DEFAULT 3");
    }
    return all;
  }

  @Tag("slow")
  @Test
  void emitsWhatOneEmitsThatHasReadAllPages() throws Exception {
    long seed = Long.getLong("waltap.seed", System.nanoTime());
    Random random = new Random(seed);
    try {
      catchUp();
      for (int run = 0; run < 25; run++) {
        for (int i = random.nextInt(4); i >= 0; i--) {
          List<String> statements = statements(random);
          TestDatabase.execute(writer, statements.get(random.nextInt(statements.size())));
        }
        catchUp();
      }
    } catch (Throwable e) {
      throw new AssertionError("-Dwaltap.seed=" + seed, e);
    }
  }

  @Test
  void readsOnlyThePagesItNeeds() throws Exception {
    catchUp();
    try (ChangeDataCapture capture = builder().build()) {
      var handle = capture.start(CaptureMode.CDC);
      assertThat(handle.awaitReady(Duration.ofSeconds(30))).isTrue();
      TestDatabase.execute(writer, "UPDATE t SET n = -1 WHERE id = 200");
      Await.until(
          Duration.ofSeconds(30), () -> oracle.changes() == 1, () -> "the change does not come");
      assertThat(capture.metrics().pageSetBytes()).isBetween(1024L, 40_000L);
    }
    assertThat(Files.size(database.path())).isGreaterThan(700_000);
    oracle.compareWith(writer);
  }

  /** The state of a moment ago, put back over a later one. */
  @Test
  void aStateThatWasRestoredGoesOnFromItsOwnPages() throws Exception {
    catchUp();
    Path backup = database.directory().resolve("backup");
    copy(state(), backup);
    TestDatabase.execute(writer, "UPDATE t SET n = -1 WHERE id < 100", "DELETE FROM w");
    catchUp();
    copy(backup, state());
    oracle.expectRedelivery();
    catchUp();
    TestDatabase.execute(writer, "UPDATE t SET n = -2 WHERE id > 350");
    catchUp();
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
  }

  /** Its tree was kept as long as it was named; another run has no use for its pages. */
  @Test
  void aShadowTableThatIsNamedNoMoreIsLeftOut() throws Exception {
    TestDatabase.execute(
        writer,
        "CREATE VIRTUAL TABLE f USING fts5(x)",
        "INSERT INTO f SELECT hex(v) FROM t WHERE id < 40");
    List<String> emitted = new ArrayList<>();
    for (String table : List.of("f_*", "f_*", "t", "t")) {
      TestDatabase.execute(
          writer, "INSERT INTO f VALUES('more words')", "UPDATE t SET n = 0 WHERE id = 9");
      TestDatabase.execute(writer, "UPDATE t SET n = n + 1 WHERE id = 9");
      try (ChangeDataCapture capture =
          Waltap.open(database.path())
              .stateDirectory(state())
              .tables("t", table)
              .once(true)
              .handler(batch -> batch.forEach(change -> emitted.add(change.table())))
              .build()) {
        capture.cdc();
      }
      emitted.add("-");
    }
    // Of the first run only the baseline is left; later ones emit what came since.
    String runs = String.join(" ", emitted);
    assertThat(runs).startsWith("- ");
    assertThat(runs.split("-", -1)[1]).contains("f_content").contains(" t");
    assertThat(runs.split("-", -1)[2]).contains(" t").doesNotContain("f_");
    assertThat(runs.split("-", -1)[3]).contains(" t").doesNotContain("f_");
  }
}
