// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Many databases by one process, as users run it. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class FleetProcessTest {
  @TempDir private Path directory = Path.of("");

  private Path make(String name) throws SQLException, IOException {
    Path path = directory.resolve(name);
    Files.createDirectories(path.toAbsolutePath().getParent());
    sql(
        path,
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
        "INSERT INTO t VALUES (1, 'first')");
    return path;
  }

  private static void sql(Path database, String... statements) throws SQLException {
    try (Connection connection = TestDatabase.open(database)) {
      TestDatabase.execute(connection, statements);
    }
  }

  private static void insert(Path database, int id) throws SQLException {
    sql(database, "INSERT INTO t VALUES (" + id + ", 'v" + id + "')");
  }

  /** How many lines say that they are of this database and have this row. */
  private static long count(List<String> lines, String database, int id) {
    return lines.stream()
        .filter(line -> line.contains("\"source\":{\"database\":\"" + database + "\""))
        .filter(line -> line.contains("\"after\":{\"id\":" + id + ","))
        .count();
  }

  private static void awaitRow(CliProcess waltap, String database, int id) throws Exception {
    long end = System.nanoTime() + CliProcess.LIMIT.toNanos();
    while (count(waltap.lines(), database, id) == 0) {
      assertThat(System.nanoTime())
          .as(database + " " + id + " in time, of " + waltap.lines() + waltap.errors())
          .isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void aDirectoryIsCapturedAsItChangesWhateverIsWrongWithOne() throws Exception {
    Path a = make("a.db");
    Path b = make("below/b.db");
    Path plain = directory.resolve("plain.db");
    sql(plain, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
    Files.writeString(directory.resolve("broken.db"), "no database at all, but of that name");
    Path states = directory.resolve("states");
    try (CliProcess waltap =
        CliProcess.start(
            "cdc", "--directory", directory, "--recursive", "--state", states, "--max-open", 2)) {
      waltap.awaitReady();
      insert(a, 2);
      insert(b, 2);
      awaitRow(waltap, "a.db", 2);
      awaitRow(waltap, "below/b.db", 2);
      Path c = make("below/new/c.db");
      awaitRow(waltap, "below/new/c.db", 1);
      insert(c, 2);
      awaitRow(waltap, "below/new/c.db", 2);
      sql(plain, "PRAGMA journal_mode = WAL", "INSERT INTO t VALUES (7, 'now')");
      waltap.awaitError("plain.db: is captured now");
      insert(plain, 8);
      awaitRow(waltap, "plain.db", 8);
      for (String suffix : List.of("", "-wal", "-shm")) {
        Files.deleteIfExists(Path.of(a + suffix));
      }
      waltap.awaitError("a.db: was deleted");
      insert(b, 3);
      awaitRow(waltap, "below/b.db", 3);
      assertThat(waltap.stop()).as(waltap.errors()).isZero();
      assertThat(waltap.errors())
          .containsOnlyOnce("waltap: ready")
          .containsOnlyOnce("broken.db: not a SQLite database")
          .containsOnlyOnce("is not in WAL mode");
      assertThat(count(waltap.lines(), "a.db", 1)).as("changes only").isZero();
      assertThat(count(waltap.lines(), "a.db", 2)).isEqualTo(1);
    }
    assertThat(states.resolve("below/new/c.db-waltap/state.db")).exists();
  }

  /** A capture of these by a process that may have only so many descriptors. */
  private CliProcess startWith(int descriptors, int databases, String... options) throws Exception {
    List<String> command = CliProcess.command();
    assumeTrue(command.contains("-jar"), "classes in directories take descriptors, too");
    for (int i = 0; i < databases; i++) {
      make("d" + i + ".db");
    }
    String limit = "ulimit -n " + descriptors + "; exec \"$@\"";
    List<String> line = new ArrayList<>(List.of("bash", "-c", limit, "-"));
    line.addAll(command);
    line.add(line.indexOf("-jar"), "-XX:-MaxFDLimit"); // Else Java raises it again.
    for (Object each :
        List.of("cdc", "--directory", directory, "--state", directory.resolve("states"))) {
      line.add(each.toString());
    }
    line.addAll(List.of("--max-open", "60"));
    line.addAll(List.of(options));
    return CliProcess.startLine(line);
  }

  /** Each database that was ever open takes one descriptor, those that are open some more. */
  @Test
  void withTooFewDescriptorsFewerAreOpenAtATime() throws Exception {
    try (CliProcess waltap = startWith(180, 60)) {
      waltap.awaitReady();
      for (int i = 0; i < 60; i += 20) {
        insert(directory.resolve("d" + i + ".db"), 2);
        awaitRow(waltap, "d" + i + ".db", 2);
      }
      assertThat(waltap.stop()).as(waltap.errors()).isZero();
      assertThat(waltap.errors())
          .containsOnlyOnce("has no descriptors left for 60 databases at a time")
          .doesNotContain("Too many open files");
    }
  }

  /** What is captured goes on, and what would take the descriptors it needs is named. */
  @Test
  void withFewerDescriptorsThanDatabasesAsManyAreCapturedAsItHas() throws Exception {
    try (CliProcess waltap = startWith(120, 60, "--verbose")) {
      waltap.awaitReady();
      List<String> captured = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        String name = "d" + i + ".db";
        if (!waltap.errors().contains(name + ": not captured: this process may have 120 open")) {
          captured.add(name);
        }
      }
      assertThat(captured).as(waltap.errors()).hasSizeBetween(10, 50);
      for (int id = 2; id <= 3; id++) {
        for (String name : captured) {
          insert(directory.resolve(name), id);
        }
        for (String name : captured) {
          awaitRow(waltap, name, id);
        }
      }
      assertThat(waltap.stop()).as(waltap.errors()).isZero();
      assertThat(waltap.errors()).doesNotContain("Too many open files", "can't open");
    }
  }

  @Test
  void aKilledProcessContinuesWhereEachDatabaseWas() throws Exception {
    Path a = make("a.db");
    Path b = make("b.db");
    Path c = make("other/a.db");
    Path output = directory.resolve("out/{database}.jsonl");
    Object[] line = {"cdc", a, b, c, "--state", directory.resolve("states"), "--output", output};
    try (CliProcess waltap = CliProcess.start(line).awaitReady()) {
      insert(a, 2);
      awaitLine(directory.resolve("out/a.db.jsonl"), "\"id\":2");
      waltap.signal("KILL");
      waltap.exit();
    }
    insert(a, 3);
    insert(b, 3);
    insert(c, 3);
    try (CliProcess waltap = CliProcess.start(line).awaitReady()) {
      for (String name : List.of("a.db", "b.db", c.toRealPath().toString().substring(1))) {
        awaitLine(directory.resolve("out/" + name + ".jsonl"), "\"id\":3");
      }
      assertThat(waltap.stop()).as(waltap.errors()).isZero();
    }
  }

  @Test
  void aParkedDatabaseIsShownAsCapturedAndItsStateIsLeftAlone() throws Exception {
    List<Path> databases = List.of(make("a.db"), make("b.db"), make("c.db"));
    Path states = directory.resolve("states");
    try (CliProcess waltap =
        CliProcess.start("cdc", "--directory", directory, "--state", states, "--max-open", 1)) {
      waltap.awaitReady();
      String parked = "parked, process " + waltap.pid();
      try (CliProcess status =
          CliProcess.start("status", "--directory", directory, "--state", states)) {
        assertThat(status.exit()).as(status.errors()).isZero();
        assertThat(String.join("\n", status.lines())).contains(parked, "; parked: ");
      }
      for (Path database : databases) {
        try (CliProcess teardown = CliProcess.start("teardown", database, "--state", states)) {
          assertThat(teardown.exit()).as(teardown.errors()).isEqualTo(1);
          assertThat(teardown.errors()).contains("is held by process " + waltap.pid());
        }
        insert(database, 2);
        awaitRow(waltap, String.valueOf(database.getFileName()), 2);
      }
      assertThat(waltap.stop()).as(waltap.errors()).isZero();
    }
  }

  private static void awaitLine(Path file, String text) throws Exception {
    long end = System.nanoTime() + CliProcess.LIMIT.toNanos();
    while (!Files.exists(file) || !Files.readString(file).contains(text)) {
      assertThat(System.nanoTime()).as(text + " in " + file).isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void bootstrapAndCatchingUpDoAllThatCanBeDoneAndSayWhatCouldNot() throws Exception {
    make("a.db");
    make("b.db");
    Files.writeString(directory.resolve("broken.db"), "no database at all, but of that name");
    try (CliProcess waltap = CliProcess.start("bootstrap", "--directory", directory)) {
      assertThat(waltap.exit()).as(waltap.errors()).isEqualTo(1);
      assertThat(count(waltap.lines(), "a.db", 1)).isEqualTo(1);
      assertThat(count(waltap.lines(), "b.db", 1)).isEqualTo(1);
      assertThat(waltap.errors()).containsOnlyOnce("broken.db");
    }
    String[] once = {"cdc", directory + "/[ab].db", "--once", "--state", directory + "/states"};
    try (CliProcess waltap = CliProcess.start((Object[]) once)) {
      assertThat(waltap.exit()).as(waltap.errors()).isZero();
    }
    insert(directory.resolve("b.db"), 2);
    try (CliProcess waltap = CliProcess.start((Object[]) once)) {
      assertThat(waltap.exit()).as(waltap.errors()).isZero();
      assertThat(waltap.lines()).hasSize(1);
      assertThat(count(waltap.lines(), "b.db", 2)).isEqualTo(1);
    }
  }
}
