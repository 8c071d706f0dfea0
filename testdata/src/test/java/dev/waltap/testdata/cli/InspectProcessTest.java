// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** {@code inspect} on a live database and on a copied pair, neither of which it changes. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class InspectProcessTest {

  private TestDatabase database;
  private Connection connection;

  @BeforeEach
  void create() throws Exception {
    database = TestDatabase.create();
    connection = database.open();
    TestDatabase.execute(
        connection,
        "PRAGMA wal_autocheckpoint = 0",
        "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT)",
        "INSERT INTO users VALUES(1, 'Ada')",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "INSERT INTO users VALUES(2, 'Bo'), (3, 'Cy')",
        "UPDATE users SET name = 'Eve' WHERE id = 1",
        "CREATE TABLE orders(k TEXT PRIMARY KEY) WITHOUT ROWID",
        "BEGIN",
        "DELETE FROM users WHERE id = 3",
        "INSERT INTO orders VALUES('x')",
        "COMMIT");
  }

  @AfterEach
  void drop() throws Exception {
    connection.close();
    database.close();
  }

  private static List<String> inspect(Path path, Object... options) throws Exception {
    List<byte[]> before = bytes(path);
    List<Object> arguments = new ArrayList<>(List.of("inspect", path));
    arguments.addAll(List.of(options));
    try (CliProcess waltap = CliProcess.start(arguments.toArray())) {
      assertThat(waltap.exit()).as(waltap.errors()).isZero();
      assertThat(waltap.errors()).isEmpty();
      assertThat(bytes(path)).usingRecursiveComparison().isEqualTo(before);
      return waltap.lines();
    }
  }

  private static List<byte[]> bytes(Path path) throws Exception {
    List<byte[]> found = new ArrayList<>();
    for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
      Path file = Path.of(path + suffix);
      found.add(Files.exists(file) ? Files.readAllBytes(file) : new byte[0]);
    }
    return found;
  }

  private static void assertAllRows(List<String> lines) {
    assertThat(lines)
        .containsSubsequence(
            "    users INSERT id=2, name='Bo'",
            "    users INSERT id=3, name='Cy'",
            "    users UPDATE id=1: name 'Ada' → 'Eve'",
            "    orders SCHEMA created: CREATE TABLE orders(k TEXT PRIMARY KEY) WITHOUT ROWID",
            "    users DELETE id=3, name='Cy'",
            "    orders INSERT k='x'");
    assertThat(lines).filteredOn(line -> line.startsWith("transaction ")).hasSize(4);
  }

  private Path copy() throws Exception {
    Path directory = Files.createDirectory(database.directory().resolve("copy"));
    Path copy = directory.resolve("app.db");
    Files.copy(database.path(), copy);
    Files.copy(Path.of(database.path() + "-wal"), Path.of(copy + "-wal"));
    return copy;
  }

  @Test
  void aLiveDatabase() throws Exception {
    List<String> lines = inspect(database.path());
    assertAllRows(lines);
    assertThat(lines.get(1)).contains("6 frames committed, says the wal-index");
    TestDatabase.execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
    assertThat(inspect(database.path()).toString())
        .contains("checkpointed up to frame", "row changes unknown")
        .doesNotContain("INSERT");
  }

  @Test
  void aCopiedPairWithoutSharedMemory() throws Exception {
    Path copy = copy();
    List<String> lines = inspect(copy, "--frames");
    assertAllRows(lines);
    assertThat(lines.toString()).contains("by checksums", "users (leaf)");
    assertThat(Path.of(copy + "-shm")).doesNotExist();
    assertThat(inspect(copy, "--skip", "1", "--limit", "2").toString())
        .contains("transaction 2", "transaction 3", "1 more transaction: --skip 3")
        .doesNotContain("name='Bo'", "transaction 4");
    assertThat(inspect(copy, "--rows", "1").toString()).contains("and 1 more");
  }

  @Test
  void aCopyTakenAfterACheckpointSaysWhatItCannotShow() throws Exception {
    try (Connection reader = database.open()) {
      // It keeps the checkpoint from what comes next, and the WAL from being restarted.
      TestDatabase.execute(reader, "BEGIN", "SELECT * FROM users");
      TestDatabase.execute(
          connection, "INSERT INTO orders VALUES('late')", "PRAGMA wal_checkpoint(PASSIVE)");
      List<String> lines = inspect(copy());
      assertThat(lines.toString())
          .contains("perhaps checkpointed", "known after frame 6 only", "orders INSERT k='late'")
          .doesNotContain("name='Bo'");
    }
  }

  @Test
  void anEmptyLog() throws Exception {
    TestDatabase.execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    assertThat(inspect(database.path()).toString()).contains("missing or empty");
  }

  @Test
  void usesColoursOnATerminalUnlessTheyAreNotWanted() throws Exception {
    Map<String, String> terminal = Map.of("TERM", "xterm");
    try (Pty shown = Pty.start(100, terminal, "inspect", database.path())) {
      assertThat(shown.exit()).isZero();
      assertThat(shown.shown()).contains("users \u001B[32mINSERT\u001B[0m id=2, name='Bo'\n");
    }
    Map<String, String> plain = Map.of("TERM", "xterm", "NO_COLOR", "1");
    try (Pty shown = Pty.start(100, plain, "inspect", database.path())) {
      assertThat(shown.exit()).isZero();
      assertThat(shown.shown()).contains("users INSERT id=2").doesNotContain("\u001B");
    }
  }
}
