// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What check says before anything runs, of what would end the command at its start. */
class CheckTest extends CommandTest {

  private void assertProblem(String what, Object... line) {
    assertThat(run(line)).as(out()).isEqualTo(1);
    assertThat(out()).contains(what);
  }

  @Test
  void aStateDirectoryThatCanNotBeMade() throws Exception {
    Path a = make("a.db");
    Path file = Files.createFile(directory.resolve("file"));
    assertProblem("NOT usable: ", "check", a, "--state", directory.resolve("none/state"));
    assertThat(out()).contains("none, does not exist: make that");
    assertProblem("is not a directory", "check", a, "--state", file.resolve("state"));
    assertProblem("is not a directory", "check", a, "--state", file);
    String root = "would not start: no states can be kept below ";
    assertProblem(root, "check", "--directory", directory, "--state", file.resolve("root"));
    assertThat(run("check", a, "--state", directory.resolve("state"))).isZero();
    assertThat(directory.resolve("state")).doesNotExist();
  }

  @Test
  void fewerPlacesThanDatabasesThatCanNotBeParked() throws Exception {
    Path a = make("a.db");
    Path b = make("b.db");
    String why = "would not start: 2 databases have no state, and only 1 can be open at once";
    assertProblem(why, "check", a, b, "--max-open", 1);
    assertThat(run("check", a, b, "--max-open", 1, "--state", directory.resolve("s"))).isZero();
  }

  @Test
  void portsThatAreInUse() throws Exception {
    Path a = make("a.db");
    int port;
    try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = used.getLocalPort();
      String why = "would not start: port " + port + " of 127.0.0.1 can't be listened at";
      assertProblem(why, "check", a, "--metrics-port", port);
      assertProblem(why, "check", a, "--listen", port);
    }
    String both = "--listen has the port of another option";
    assertProblem(both, "check", a, "--metrics-port", port, "--listen", port);
    Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef");
    Object[] wildcard = {
      "check",
      a,
      "--metrics-port",
      port,
      "--listen",
      "0.0.0.0:" + port,
      "--listen-token",
      "@" + token
    };
    assertProblem(both, wildcard);
    assertThat(run("check", a, "--metrics-port", port, "--listen", 0)).as(out()).isZero();
    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
  }

  @Test
  void aMissingDirectoryBeforeThePatternOfOneDatabase() throws Exception {
    Path a = make("a.db");
    Path output = directory.resolve("none/{database}.jsonl");
    assertProblem("output: NOT usable", "check", a, "--output", output);
    // Of several, they are made.
    assertThat(run("check", a, make("b.db"), "--output", output)).as(out()).isZero();
    Path below = Files.createFile(directory.resolve("file")).resolve("{database}.jsonl");
    assertProblem("no directory that this user", "check", a, make("c.db"), "--output", below);
  }

  @Test
  void whatIsDeliveredFirstAndWhichColumnsAreLeftOut() throws Exception {
    Path a = make("a.db", "CREATE TABLE users(id INTEGER PRIMARY KEY, name, secret)");
    assertThat(run("check", a, "--exclude-column", "users.s*")).isZero();
    assertThat(out())
        .contains("  columns left out: users.secret\n")
        .contains("  begins with: the next commit; rows that are there already are not delivered");
    assertThat(run("check", a, "--exclude-column", "*.name", "--format", "json")).isZero();
    assertThat(out()).contains("\"excluded_columns\":[\"users.name\"]", "\"rows_first\":false");
    Path root = Files.createDirectory(directory.resolve("root"));
    Files.createFile(root.resolve(".waltap")); // As an earlier run leaves it.
    assertThat(run("check", "--directory", directory, "--state", root)).isZero();
    assertThat(out()).contains("  begins with: its rows, since it is new");
    assertThat(run("setup", a)).isZero();
    assertThat(run("check", a)).isZero();
    assertThat(out()).contains("  begins with: what was committed since the saved position");
  }

  @Test
  void theTablesThatThereAreInTheWordsOfCdc() throws Exception {
    Path a = make("a.db", "CREATE TABLE users(id INTEGER PRIMARY KEY)");
    String words = a + ": no such table: user; it has t, users: check the names of --table";
    assertProblem(words, "check", a, "--table", "user");
    assertThat(run("cdc", a, "--table", "user")).isEqualTo(1);
    assertThat(err()).contains(words);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDatabaseThatTheApplicationKeepsLocked() throws Exception {
    Path a = make("a.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + a);
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO t VALUES(1)");
      assertThat(run("check", a)).as(out()).isZero();
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("INSERT INTO t VALUES(2)");
      String mine = "process " + ProcessHandle.current().pid();
      assertProblem("capture: NO: " + a.toRealPath() + ": " + mine, "check", a);
      assertThat(out()).contains("PRAGMA locking_mode=EXCLUSIVE, its log can be read by nobody");
    }
    assertThat(run("check", a)).isZero();
  }

  @Test
  void noDatabaseAtAll() throws IOException {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThat(run("check", "--directory", empty)).isZero();
    assertThat(out()).contains("databases: none yet: those that appear later would be captured");
    Object[] line = {
      "check", "--directory", empty, "--state", directory.resolve("n/s"), "--format", "json"
    };
    assertThat(run(line)).isEqualTo(1);
    assertThat(err()).contains("no states can be kept below");
    Object[] output = {
      "check", "--directory", empty, "--output", directory.resolve("n/x"), "--format", "json"
    };
    assertThat(run(output)).isEqualTo(1);
    assertThat(err()).contains("n/x can't be made: ");
  }

  @Test
  void aFormatOfEventsIsNotThatOfTheReport() throws Exception {
    Path a = make("a.db");
    assertThat(run("check", a, "--format", "debezium")).isZero();
    assertThat(out()).contains("output: standard output\n").doesNotContain("{");
    assertThat(run("check", a, "--format", "json")).isZero();
    assertThat(out()).startsWith("{");
  }
}
