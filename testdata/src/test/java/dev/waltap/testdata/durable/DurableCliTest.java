// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** State directories through the command line: resumed, looked at, damaged, taken away. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class DurableCliTest extends DurableFixture {
  private static final int STATE_PAGE = 2048;

  @Test
  void emitsATableThatTheFilterAdds() throws Exception {
    assertThat(run("setup", "--table", "a")).isZero();
    TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')", "INSERT INTO b VALUES(3, 'x')");
    assertThat(once("--table", "a")).isZero();
    assertThat(emitted()).containsExactly("a INSERT 2");
    TestDatabase.execute(writer, "INSERT INTO b VALUES(4, 'x')", "INSERT INTO a VALUES(3, 'x')");
    assertThat(once("--table", "a", "--table", "b")).isZero();
    assertThat(emitted())
        .containsExactly(
            "b SCHEMA", "b INSERT 1", "b INSERT 2", "b INSERT 3", "b INSERT 4", "a INSERT 3");
    assertThat(once("--table", "b")).isZero();
    assertThat(emitted()).isEmpty();
    TestDatabase.execute(writer, "INSERT INTO a VALUES(4, 'x')", "DELETE FROM b WHERE id = 4");
    assertThat(once("--table", "b")).isZero();
    assertThat(emitted()).containsExactly("b DELETE 4");
  }

  @Test
  void emitsATableThatTheFilterAddsAfterAGap() throws Exception {
    assertThat(run("setup", "--table", "a")).isZero();
    TestDatabase.execute(
        writer,
        "INSERT INTO a VALUES(2, 'x')",
        "DELETE FROM b WHERE id = 1",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "INSERT INTO b VALUES(3, 'x')");
    assertThat(once()).isZero();
    // The table enters as it was saved; then comes the sum of what was missed.
    assertThat(emitted())
        .containsExactly(
            "b SCHEMA", "b INSERT 1", "b INSERT 2", "b DELETE 1", "a INSERT 2", "b INSERT 3");
    assertThat(once()).isZero();
    assertThat(emitted()).isEmpty();
  }

  @Test
  void emitsShadowTablesThatTheFilterNames() throws Exception {
    TestDatabase.execute(
        writer, "CREATE VIRTUAL TABLE f USING fts5(t)", "INSERT INTO f VALUES('some words')");
    assertThat(run("setup")).isZero();
    TestDatabase.execute(writer, "INSERT INTO f VALUES('more words')");
    assertThat(once()).isZero();
    assertThat(emitted()).isEmpty();
    assertThat(once("--table", "a", "--table", "f_content")).isZero();
    assertThat(emitted())
        .containsExactly("f_content SCHEMA", "f_content INSERT 1", "f_content INSERT 2");
    TestDatabase.execute(writer, "INSERT INTO f VALUES('last words')");
    assertThat(once("--table", "a")).isZero();
    TestDatabase.execute(writer, "DELETE FROM f WHERE rowid = 1");
    assertThat(once("--table", "a")).isZero();
    assertThat(emitted()).isEmpty();
    assertThat(once("--table", "f_content")).isZero();
    assertThat(emitted())
        .containsExactly("f_content SCHEMA", "f_content INSERT 2", "f_content INSERT 3");
  }

  @Test
  void refusesATableThatIsNotThereOnResume() throws Exception {
    assertThat(run("setup")).isZero();
    assertThat(once("--table", "nosuch")).isEqualTo(1);
    assertThat(errors()).contains("no such table: nosuch").doesNotContain("ready");
  }

  @Test
  void emitsAPageThatChangedItsTable() throws Exception {
    TestDatabase.execute(
        writer,
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
            + " INSERT INTO c SELECT i, 'row ' || i FROM n");
    assertThat(run("setup")).isZero();
    TestDatabase.execute(
        writer,
        "ALTER TABLE c RENAME TO d",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v TEXT)",
        "PRAGMA wal_checkpoint(TRUNCATE)");
    assertThat(once()).isZero();
    assertThat(emitted().stream().filter(line -> line.equals("d INSERT 7"))).hasSize(1);
    assertThat(errors()).doesNotContain("can't be followed");
  }

  /** A page that a table left is another table's now, and its bytes are the same. */
  @Test
  void emitsAPageThatEqualsOneOfAnotherTable() throws Exception {
    TestDatabase.execute(
        writer,
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v TEXT)",
        "CREATE TABLE d(id INTEGER PRIMARY KEY, v TEXT)",
        "INSERT INTO c VALUES(1, 'same'), (2, 'same')",
        "INSERT INTO d SELECT * FROM c");
    long root = TestDatabase.number(writer, "SELECT rootpage FROM sqlite_schema WHERE name = 'c'");
    assertThat(run("setup")).isZero();
    TestDatabase.execute(writer, "DROP TABLE c", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)");
    assertThat(TestDatabase.number(writer, "SELECT rootpage FROM sqlite_schema WHERE name = 'd'"))
        .isEqualTo(root);
    assertThat(once()).isZero();
    assertThat(emitted()).containsExactly("c SCHEMA");
    TestDatabase.execute(writer, "DELETE FROM d WHERE id = 1");
    assertThat(once()).isZero();
    assertThat(emitted()).containsExactly("d DELETE 1");
  }

  @Test
  void showsTheStatus() throws Exception {
    assertThat(run("status")).isEqualTo(1);
    assertThat(errors()).contains("there is no state in", "run 'waltap setup");
    assertThat(run("setup")).isZero();
    assertThat(run("status")).isZero();
    try (CaptureProcess capture = start("cdc", "--output", output.toString())) {
      capture.awaitReady(LIMIT);
      Path other = database.directory().resolve("status.txt");
      try (CaptureProcess status =
          CaptureProcess.start(other, "64m", List.of("status", database.path().toString()))) {
        assertThat(status.await(LIMIT)).isZero();
      }
      try (CaptureProcess second =
          CaptureProcess.start(other, "64m", List.of("cdc", database.path().toString()))) {
        assertThat(second.await(LIMIT)).isEqualTo(1);
        assertThat(second.errors()).contains("process " + capture.pid());
      }
      capture.terminate();
      assertThat(capture.await(LIMIT)).isZero();
    }
  }

  @Test
  void refusesDamagedState() throws Exception {
    assertThat(run("setup")).isZero();
    Path file = state().resolve("state.db");
    byte[] whole = Files.readAllBytes(file);
    byte[] flipped = whole.clone();
    flipped[flipped.length - 20] ^= 4;
    refuses(file, flipped, "damaged");
    refuses(file, new byte[0], "damaged");
    refuses(file, java.util.Arrays.copyOf(whole, whole.length / 2), "damaged");
    for (int at = STATE_PAGE; at < whole.length; at += STATE_PAGE) {
      byte[] more = whole.clone();
      for (int i = at; i < at + STATE_PAGE; i++) {
        more[i] ^= 0x20;
      }
      refuses(file, more, "damaged");
    }
    byte[] newer = whole.clone();
    newer[63] = 99;
    refuses(file, newer, "newer Waltap");
    byte[] older = whole.clone();
    older[63] = 1;
    refuses(file, older, "older Waltap");
    Files.write(file, whole);
    TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')");
    assertThat(once()).isZero();
    assertThat(emitted()).containsExactly("a INSERT 2");
    // The state of yesterday, restored under the witness of today.
    Files.write(file, whole);
    assertThat(once()).isEqualTo(1);
    assertThat(errors().lines().toList()).hasSize(1);
  }

  private void refuses(Path file, byte[] content, String words) throws Exception {
    Files.write(file, content);
    assertThat(once()).isEqualTo(1);
    assertThat(errors()).contains(words).contains("waltap: ");
    assertThat(errors().lines().filter(line -> !line.contains("ready")).toList()).hasSize(1);
  }

  @Test
  void stopsWhenTheStateIsTakenAway() throws Exception {
    assertThat(run("setup")).isZero();
    try (CaptureProcess capture = start("cdc", "--output", output.toString())) {
      capture.awaitReady(LIMIT);
      Files.move(state(), database.directory().resolve("away"));
      TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')");
      assertThat(capture.await(LIMIT)).isEqualTo(1);
      assertThat(capture.errors()).contains("removed or replaced");
    }
    Files.move(database.directory().resolve("away"), state());
    TestDatabase.execute(writer, "INSERT INTO a VALUES(3, 'x')");
    assertThat(once()).isZero();
    assertThat(emitted()).contains("a INSERT 2", "a INSERT 3");
  }

  @Test
  void waitsForALockAndGivesUpInWords() throws Exception {
    assertThat(run("setup")).isZero();
    TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')");
    try (Connection other =
        DriverManager.getConnection("jdbc:sqlite:" + state().resolve("state.db"))) {
      TestDatabase.execute(other, "BEGIN EXCLUSIVE");
      assertThat(once()).isEqualTo(1);
      assertThat(errors()).contains("is locked by another program");
      TestDatabase.execute(other, "ROLLBACK");
    }
    assertThat(once()).isZero();
    assertThat(emitted()).containsExactly("a INSERT 2");
  }

  @Test
  void aStoppedSetupLeavesNothing() throws Exception {
    TestDatabase.execute(
        writer,
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
            + " INSERT INTO a SELECT i, hex(randomblob(500)) FROM n");
    try (CaptureProcess setup = start("setup")) {
      long end = System.nanoTime() + LIMIT.toNanos();
      while (setup.isAlive() && !Files.exists(state()) && System.nanoTime() < end) {
        Thread.sleep(1);
      }
      setup.terminate();
      int exit = setup.await(LIMIT);
      assertThat(exit).isEqualTo(143);
      assertThat(state()).doesNotExist();
    }
    Files.writeString(output, "", StandardOpenOption.CREATE);
    assertThat(emitted()).isEmpty();
  }

  @Test
  void savesTheBatchInHandOnAStop() throws Exception {
    assertThat(run("setup")).isZero();
    try (CaptureProcess capture = start("cdc", "--output", output.toString())) {
      capture.awaitReady(LIMIT);
      for (int i = 10; i < 500; i++) {
        TestDatabase.execute(writer, "INSERT INTO a VALUES(" + i + ", 'x')");
      }
      capture.terminate();
      assertThat(capture.await(LIMIT)).isZero();
    }
    assertThat(once()).isZero();
    assertThat(emitted()).doesNotHaveDuplicates().hasSize(490);
  }
}
