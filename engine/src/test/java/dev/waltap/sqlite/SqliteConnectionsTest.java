// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A name is a name, whatever is in it. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class SqliteConnectionsTest {

  @TempDir private Path directory = Path.of("");

  static Stream<String> names() {
    return Stream.of(
        "a? b.db",
        "q?mode=memory",
        "q?mode=ro&cache=shared.db",
        "p?journal_mode=DELETE&foreign_keys=1",
        "h#1.db",
        "p%20x.db",
        "p%00x.db",
        "100%.db",
        " leading and trailing ",
        "semi;x.db",
        "quo'te\".db",
        "nl\nx\tx.db",
        "back\\slash.db",
        "-dash.db",
        ":memory:",
        ":resource:x.db",
        "file:x.db",
        "file:x.db?mode=rwc",
        "mode=memory.db",
        "&vfs=unix-none",
        "x".repeat(200) + ".db");
  }

  @ParameterizedTest
  @MethodSource("names")
  void opensTheFileOfThatNameAndNoOther(String name) throws Exception {
    Path file = directory.resolve(name);
    Files.createFile(file);
    write(file);
    assertThat(Files.size(file)).isPositive();
    assertThat(files()).containsExactly(name);
    try (Connection connection = SqliteConnections.openReadOnly(file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT v FROM t")) {
      assertThat(rows.getString(1)).isEqualTo("here");
    }
    assertThat(files()).containsExactly(name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void createsNothing(String name) throws Exception {
    Path missing = directory.resolve(name);
    assertThatThrownBy(() -> write(missing)).isInstanceOf(SQLException.class);
    assertThatThrownBy(
            () -> {
              try (Connection connection = SqliteConnections.openReadOnly(missing)) {
                connection.createStatement().execute("SELECT * FROM sqlite_schema");
              }
            })
        .isInstanceOf(SQLException.class);
    assertThat(files()).isEmpty();
  }

  private static void write(Path file) throws SQLException {
    try (Connection connection = SqliteConnections.open(file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(v)");
      statement.execute("INSERT INTO t VALUES('here')");
    }
  }

  private List<String> files() throws Exception {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void opensTheLongestPathThatSqliteTakesAndSaysWhyNoLonger() throws Exception {
    Path longest = directory.resolve("d".repeat(200));
    Files.createDirectory(longest);
    int rest = 504 - longest.toString().length() - 2;
    longest = longest.resolve("d".repeat(rest / 2));
    Files.createDirectory(longest);
    Path taken = longest.resolve("f".repeat(rest - rest / 2));
    assertThat(taken.toString()).hasSize(504);
    Files.createFile(taken);
    write(taken);
    Path longer = Files.createFile(longest.resolve("f".repeat(rest - rest / 2) + "x"));
    assertThatThrownBy(() -> write(longer))
        .isInstanceOf(CaptureException.class)
        .hasMessageContainingAll("505 bytes", "504", "shorter path");
  }

  @Test
  void opensADatabaseOfItsOwnInMemory() throws Exception {
    try (Connection one = SqliteConnections.openInMemory();
        Connection other = SqliteConnections.openInMemory();
        Statement statement = one.createStatement()) {
      statement.execute("CREATE TABLE t(v)");
      assertThatThrownBy(() -> other.createStatement().execute("SELECT * FROM t"))
          .isInstanceOf(SQLException.class);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void anInsertIsNotFollowedByAQuestionForItsKey() throws Exception {
    Path file = Files.createFile(directory.resolve("a.db"));
    try (Connection connection = SqliteConnections.open(file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY)");
      statement.executeUpdate("INSERT INTO t VALUES (1)");
      try (ResultSet keys = statement.getGeneratedKeys()) {
        assertThat(keys.next()).isFalse();
      }
    }
  }
}
