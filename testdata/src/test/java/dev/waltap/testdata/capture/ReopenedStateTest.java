// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.GapPolicy;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A state whose pages are read when they are needed, in a capture that meets with other filters,
 * with gaps, with damage, and with whoever looks at its state.
 */
class ReopenedStateTest {
  private static final String NUMBERS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) ";

  private static final String CREATE_U =
      "CREATE TABLE IF NOT EXISTS u(id INTEGER PRIMARY KEY, n, v)";

  private TestDatabase database;
  private Connection writer;

  @BeforeEach
  void setUp() throws Exception {
    database = TestDatabase.create(1024, "UTF-8", "PRAGMA auto_vacuum = INCREMENTAL");
    writer = database.open();
    TestDatabase.execute(
        writer,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, n, v)",
        CREATE_U,
        "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
        "CREATE VIRTUAL TABLE f USING fts5(x)",
        NUMBERS + "INSERT INTO t SELECT i, i, hex(randomblob(10 + i % 7 * 300)) FROM n",
        "INSERT INTO u SELECT * FROM t WHERE id % 3 = 0",
        NUMBERS + "INSERT INTO w SELECT 'k' || i, hex(randomblob(i % 5 * 150)) FROM n");
  }

  @AfterEach
  void tearDown() throws Exception {
    writer.close();
    database.close();
  }

  private CaptureBuilder builder(String state, List<String> emitted) {
    return Waltap.open(database.path())
        .stateDirectory(database.directory().resolve(state))
        .handler(batch -> batch.forEach(change -> emitted.add(text(change))));
  }

  /** Without the position: a gap's epoch depends on when it was found. */
  private static String text(Change change) {
    return change.table()
        + " "
        + change.operation()
        + " "
        + change.key()
        + " "
        + change.before()
        + " "
        + change.after();
  }

  private static void catchUp(CaptureBuilder builder) throws Exception {
    try (ChangeDataCapture capture = builder.once(true).build()) {
      capture.cdc();
    }
  }

  private static CaptureBuilder filtered(CaptureBuilder builder, int choice) {
    return switch (choice) {
      case 0 -> builder.tables("t");
      case 1 -> builder.tables("w", "t");
      case 2 -> builder.tables("t", "u", "f_*");
      case 3 -> builder.excludeColumns("t.v", "w.v");
      case 4 -> builder.excludeTables("u");
      default -> builder;
    };
  }

  private static List<String> statements(Random random) {
    int id = 1 + random.nextInt(300);
    int size = random.nextInt(2000);
    return List.of(
        "UPDATE t SET n = n + 1 WHERE id = " + id,
        "UPDATE t SET v = hex(randomblob(" + size + ")) WHERE id % 50 = " + id % 50,
        "INSERT INTO t(n, v) VALUES(" + id + ", hex(randomblob(" + size + ")))",
        "DELETE FROM t WHERE id BETWEEN " + id + " AND " + (id + random.nextInt(40)),
        "REPLACE INTO w(k, v) VALUES('k" + id + "', hex(randomblob(" + size / 3 + ")))",
        "DELETE FROM w WHERE k LIKE 'k" + id % 40 + "%'",
        "UPDATE u SET n = n - 1 WHERE id < " + id,
        "INSERT INTO f VALUES('word" + id + " and another')",
        "DROP TABLE IF EXISTS u",
        "CREATE TABLE IF NOT EXISTS u AS SELECT * FROM t WHERE id > " + id,
        "ALTER TABLE w ADD COLUMN c" + random.nextInt(1_000_000) + " DEFAULT 3",
        "PRAGMA incremental_vacuum(5)",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "VACUUM");
  }

  /** The tables that are there are those of the schema table, whatever its counters say. */
  @Test
  void refusesAFilterForATableThatWasRenamedWithoutTheSchemaCookie() throws Exception {
    catchUp(builder("state", new ArrayList<>()).tables("u"));
    long cookie = TestDatabase.number(writer, "PRAGMA schema_version");
    TestDatabase.execute(
        writer,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET name = 'x', tbl_name = 'x', sql = replace(sql, 'TABLE u', 'TABLE"
            + " x') WHERE name = 'u'",
        "PRAGMA writable_schema = OFF");
    assertThat(TestDatabase.number(writer, "PRAGMA schema_version")).isEqualTo(cookie);
    assertThatThrownBy(() -> catchUp(builder("state", new ArrayList<>()).tables("u")))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("no such table: u");
    List<String> emitted = new ArrayList<>();
    catchUp(builder("state", emitted).tables("x"));
    assertThat(emitted).isNotEmpty();
  }

  /** Of two captures one finds no summary, and so reads all pages: both emit the same. */
  @Tag("slow")
  @Test
  void emitsTheSameUnderOtherFiltersAndAfterGaps() throws Exception {
    long seed = Long.getLong("waltap.seed", System.nanoTime());
    Random random = new Random(seed);
    try {
      catchUp(builder("one", new ArrayList<>()));
      catchUp(builder("two", new ArrayList<>()));
      int choice = 5;
      for (int run = 0; run < 20; run++) {
        for (int i = random.nextInt(4); i >= 0; i--) {
          List<String> statements = statements(random);
          TestDatabase.execute(writer, CREATE_U, statements.get(random.nextInt(statements.size())));
        }
        // A filter that names a table which is not there is refused, as it has to be.
        TestDatabase.execute(writer, CREATE_U);
        choice = random.nextInt(3) == 0 ? random.nextInt(6) : choice;
        GapPolicy onGap = random.nextInt(4) == 0 ? GapPolicy.BOOTSTRAP : GapPolicy.RECONCILE;
        forgetSummary("two");
        List<String> lazy = run("one", choice, onGap);
        assertThat(lazy).as("run " + run).isEqualTo(run("two", choice, onGap));
      }
    } catch (Throwable e) {
      throw new AssertionError("-Dwaltap.seed=" + seed, e);
    }
  }

  /**
   * One run, which ends in order: how much of the log is in the journal where a handler fails is a
   * matter of time, and what of it is emitted in steps or as net changes therefore, too.
   */
  private List<String> run(String state, int choice, GapPolicy onGap) throws Exception {
    List<String> emitted = new ArrayList<>();
    catchUp(filtered(builder(state, emitted), choice).onGap(onGap));
    return emitted;
  }

  private void forgetSummary(String state) throws SQLException {
    try (Connection connection = openState(state)) {
      TestDatabase.execute(connection, "DROP TABLE IF EXISTS summary");
    }
  }

  private Path stateFile(String state) {
    return database.directory().resolve(state).resolve("state.db");
  }

  private Connection openState(String state) throws SQLException {
    return TestDatabase.open(stateFile(state));
  }

  /** What is read late is checked then: nothing wrong is made of it, and nothing is lost. */
  @ParameterizedTest
  @ValueSource(strings = {"wrong", "missing", "truncated"})
  void aStateDamagedUnderACaptureEndsItInWords(String damage) throws Exception {
    List<String> emitted = new ArrayList<>();
    catchUp(builder("state", emitted));
    Path backup = database.directory().resolve("backup");
    copy(database.directory().resolve("state"), backup);
    try (ChangeDataCapture capture = builder("state", emitted).build()) {
      var handle = capture.start(CaptureMode.CDC);
      assertThat(handle.awaitReady(Duration.ofSeconds(30))).isTrue();
      damage(damage);
      TestDatabase.execute(writer, "UPDATE t SET n = -1 WHERE id = 200");
      assertThatThrownBy(() -> handle.end().get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("state.db is damaged (");
    }
    assertThat(emitted).isEmpty();
    copy(backup, database.directory().resolve("state"));
    catchUp(builder("state", emitted));
    assertThat(emitted).singleElement().asString().startsWith("t UPDATE");
  }

  private void damage(String damage) throws Exception {
    try (Connection connection = openState("state")) {
      // Whatever SQLite has read before, it reads again after another connection's commit.
      TestDatabase.execute(
          connection,
          switch (damage) {
            case "wrong" -> "UPDATE page SET data = randomblob(length(data)) WHERE number > 9";
            case "missing" -> "DELETE FROM page WHERE number > 9";
            default -> "PRAGMA user_version = 3";
          });
    }
    if (damage.equals("truncated")) {
      try (FileChannel file = FileChannel.open(stateFile("state"), StandardOpenOption.WRITE)) {
        file.truncate(20 << 10);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(to)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
  }

  /** It keeps SQLite from moving the last commits into the file, and from removing their log. */
  @Test
  void whoReadsTheStateAllTheWhileChangesNothing() throws Exception {
    List<String> emitted = new ArrayList<>();
    catchUp(builder("state", emitted));
    try (Connection reader = openState("state")) {
      TestDatabase.execute(reader, "BEGIN");
      long pages = TestDatabase.number(reader, "SELECT count(*) FROM page");
      for (int i = 1; i <= 3; i++) {
        TestDatabase.execute(writer, "UPDATE t SET n = -1 WHERE id = " + i * 50);
        catchUp(builder("state", emitted));
        assertThat(emitted).hasSize(i);
      }
      assertThat(TestDatabase.number(reader, "SELECT count(*) FROM page")).isEqualTo(pages);
      TestDatabase.execute(reader, "COMMIT");
    }
    TestDatabase.execute(writer, "DELETE FROM t WHERE id = 50");
    catchUp(builder("state", emitted));
    assertThat(emitted).hasSize(4);
    assertThat(emitted.get(3)).startsWith("t DELETE");
  }
}
