// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A database of an application whose SQLite knows more than the one in here: syntax, functions,
 * modules. Its entries in sqlite_schema are written as it would leave them.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class OtherSqliteTest extends DurableFixture {
  private static final String GOOD = "CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT)";
  private static final String NEWER = "CREATE TABLE a(id INTEGER PRIMARY KEY, v TEXT FUTURE => 1)";

  @BeforeEach
  void permit() throws Exception {
    // The writer keeps the schema that it has parsed, as an SQLite that can read it would.
    TestDatabase.execute(writer, "PRAGMA writable_schema = ON");
  }

  private void declare(String table, String sql) throws Exception {
    TestDatabase.execute(
        writer,
        "UPDATE sqlite_schema SET sql = '"
            + sql.replace("'", "''")
            + "' WHERE name = '"
            + table
            + "'");
  }

  private CaptureProcess live(String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of("--output", output.toString()));
    options.addAll(List.of(more));
    CaptureProcess capture = start("cdc", options.toArray(new String[0]));
    capture.awaitReady(LIMIT);
    return capture;
  }

  private static void signal(String name, CaptureProcess capture) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + capture.pid()).start().waitFor())
        .isZero();
  }

  private void awaitLines(int count) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (lines().size() < count) {
      assertThat(System.nanoTime()).as(errors()).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  /** It was taken for dropped, and its rows vanished at the consumer. */
  @Test
  void stopsBeforeItEmitsThatATableIsGoneWhichItCantRead() throws Exception {
    assertThat(run("setup")).isZero();
    try (CaptureProcess capture = live()) {
      TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')");
      awaitLines(1);
      declare("a", NEWER);
      assertThat(capture.await(LIMIT)).isEqualTo(1);
    }
    assertThat(emitted()).containsExactly("a INSERT 2");
    assertThat(errors())
        .contains("table a can't be read", "syntax error", "upgrade", "nothing was emitted")
        .doesNotContain("damaged", "malformed", "corrupt");
    TestDatabase.execute(writer, "INSERT INTO a VALUES(3, 'y')", "INSERT INTO b VALUES(3, 'y')");

    assertThat(once()).as("at the start").isEqualTo(1);
    assertThat(errors()).contains("table a can't be read").doesNotContain("damaged", "malformed");
    assertThat(emitted()).isEmpty();

    declare("a", GOOD);
    // What is between is in the log no more, so it is not in the way of this one.
    TestDatabase.execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    assertThat(once()).as(errors()).isZero();
    assertThat(emitted()).containsExactly("a INSERT 3", "b INSERT 3");
  }

  /** The same where a snapshot has to say what happened while nothing ran. */
  @Test
  void emitsNothingForANetChangeWithATableThatItCantRead() throws Exception {
    assertThat(run("setup")).isZero();
    try (CaptureProcess capture = live()) {
      signal("STOP", capture);
      TestDatabase.execute(writer, "INSERT INTO b VALUES(3, 'y')");
      declare("a", NEWER);
      TestDatabase.execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
      TestDatabase.execute(writer, "INSERT INTO b VALUES(4, 'z')");
      signal("CONT", capture);
      assertThat(capture.await(LIMIT)).isEqualTo(1);
    }
    assertThat(emitted()).isEmpty();
    assertThat(errors()).contains("table a can't be read").doesNotContain("damaged", "malformed");
    declare("a", GOOD);
    TestDatabase.execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    assertThat(once()).as(errors()).isZero();
    assertThat(emitted()).containsExactly("b INSERT 3", "b INSERT 4");
  }

  @Test
  void capturesBesideATableThatItCantReadAndIsNotToCapture() throws Exception {
    declare("a", NEWER);
    try (CaptureProcess capture = live("--exclude-table", "a", "--no-state")) {
      TestDatabase.execute(writer, "INSERT INTO b VALUES(3, 'y')");
      awaitLines(1);
      declare("a", GOOD);
      TestDatabase.execute(writer, "INSERT INTO a VALUES(3, 'y')");
      declare("a", NEWER);
      TestDatabase.execute(writer, "INSERT INTO b VALUES(4, 'z')");
      awaitLines(2);
      capture.terminate();
      assertThat(capture.await(LIMIT)).isZero();
    }
    assertThat(emitted()).containsExactly("b INSERT 3", "b INSERT 4");
  }

  @Test
  void capturesBesideIndexesTriggersAndViewsThatItCantRead() throws Exception {
    TestDatabase.execute(
        writer,
        "CREATE INDEX i ON a(v)",
        "CREATE TRIGGER t AFTER DELETE ON a BEGIN SELECT 1; END",
        "CREATE VIEW w AS SELECT * FROM a");
    declare("i", "CREATE INDEX i ON a(likelihood(v, 100) IN ())");
    declare("t", "CREATE TRIGGER t AFTER FUTURE ON a BEGIN SELECT 1; END");
    assertThat(run("setup")).as(errors()).isZero();
    // ALWAYS begins a read again and again, on a second connection, too.
    try (CaptureProcess capture = live("--guard", "always")) {
      TestDatabase.execute(writer, "INSERT INTO b VALUES(3, 'y')");
      awaitLines(1);
      declare("w", "CREATE VIEW w AS FUTURE");
      TestDatabase.execute(writer, "INSERT INTO b VALUES(4, 'z')");
      awaitLines(2);
      capture.terminate();
      assertThat(capture.await(LIMIT)).isZero();
    }
    assertThat(emitted()).containsExactly("b INSERT 3", "b INSERT 4");
    assertThat(run("status")).as(errors()).isZero();
    assertThat(run("bootstrap", "--output", output.toString())).as(errors()).isZero();
  }

  /** Tables of an extension that is not here, such as sqlite-vec. */
  @Test
  void leavesOutShadowTablesOfModulesThatItLacks() throws Exception {
    TestDatabase.execute(
        writer,
        "CREATE TABLE vec_rowids(id INTEGER PRIMARY KEY, v)",
        "CREATE TABLE vec_chunks00(id PRIMARY KEY, v) WITHOUT ROWID",
        "INSERT INTO sqlite_schema VALUES('table', 'vec', 'vec', 0,"
            + " 'CREATE VIRTUAL TABLE vec USING vec0(embedding float[4])')");
    assertThat(run("setup")).as(errors()).isZero();
    try (CaptureProcess capture = live()) {
      TestDatabase.execute(
          writer,
          "INSERT INTO vec_rowids VALUES(1, 'x')",
          "INSERT INTO vec_chunks00 VALUES(1, 'x')",
          "CREATE TABLE vec_info(id INTEGER PRIMARY KEY, v)",
          "INSERT INTO vec_info VALUES(1, 'x')",
          "INSERT INTO b VALUES(3, 'y')");
      awaitLines(1);
      capture.terminate();
      assertThat(capture.await(LIMIT)).isZero();
    }
    assertThat(emitted()).containsExactly("b INSERT 3");
    Files.delete(output);
    assertThat(run("bootstrap", "--table", "vec_r*", "--output", output.toString())).isZero();
    assertThat(lines()).hasSize(3).last().asString().contains("\"table\":\"vec_rowids\"");
  }
}
