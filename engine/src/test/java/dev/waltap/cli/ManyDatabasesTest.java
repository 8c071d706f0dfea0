// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Several databases on one command line: what is refused, and what check says. */
class ManyDatabasesTest extends CommandTest {

  /** Every file and directory, with its size and time. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.toList()) {
        files.put(path.toString(), Files.size(path) + " " + Files.getLastModifiedTime(path));
      }
    }
    return files;
  }

  @Test
  void checkSaysWhatWouldBeDoneAndChangesNothing() throws Exception {
    Path a = make("a.db", "CREATE TABLE secrets(x)");
    Path b = make("b.db");
    assertThat(run("setup", b)).isZero();
    Map<String, String> before = files();
    assertThat(run("check", "--directory", directory, "--exclude-table", "secrets")).isZero();
    assertThat(out())
        .contains("a.db\n  capture: can be captured")
        .contains("  tables: t\n  left out: secrets")
        .contains("b.db-waltap, continues where it was")
        .contains("output: standard output")
        .contains("databases: 2, of which 2 can be captured");
    assertThat(err()).isEmpty();
    assertThat(run("check", a, "--table", "none", "--format", "json", "--no-state")).isEqualTo(1);
    assertThat(out())
        .hasLineCount(1)
        .contains("\"fine\":false,\"problem\":\"" + a + ": no such table: none");
    assertThat(run("check", a, "--output", directory.resolve("none/out"))).isEqualTo(1);
    assertThat(out()).contains("output: NOT usable");
    assertThat(run("check", a, "--state", directory.resolve("b.db-waltap"))).isEqualTo(1);
    assertThat(out()).contains("state: NOT usable").contains("belongs to");
    assertThat(run("check", directory.resolve("none.db"))).isEqualTo(1);
    assertThat(out()).contains("NO: ").contains("does not exist");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void whatIsNotForManyIsRefused() throws Exception {
    Path a = make("a.db");
    Path b = make("b.db");
    assertUsage("given twice", "cdc", a, a);
    assertUsage("must have {database}", "cdc", a, b, "--source-name", "x");
    assertUsage("--format sql is for one", "cdc", a, b, "--format", "sql");
    assertUsage("--recursive is for many", "cdc", a, "--recursive");
    assertUsage("no pattern", "cdc", "--directory", directory, "--match", "[");
    assertUsage("address", "cdc", a, b, "--output", "http:///{database}");
    assertThat(run("cdc", a, b, "--max-open", "1")).isEqualTo(1);
    assertThat(err()).contains("2 databases have no state");
    assertThat(run("cdc", "--directory", directory.resolve("none"))).isEqualTo(1);
    assertThat(err()).contains("can't be searched");
  }

  @Test
  void onceTriesNothingAgainAndSaysNothingOfThat() throws Exception {
    Path state = directory.resolve("states");
    Path a = make("a.db");
    Path none = directory.resolve("none.db");
    Path neither = directory.resolve("neither.db");
    assertThat(run("cdc", none, neither, "--once", "--state", state)).isEqualTo(1);
    assertThat(err())
        .contains("waltap: ready, but no database can be captured, see above\n")
        .doesNotContain("again", "yet");
    assertThat(run("cdc", a, none, "--once", "--state", state)).isEqualTo(1);
    assertThat(err())
        .contains(", but for 1 database that can't be captured, see above\n")
        .doesNotContain("again", "yet");
  }

  @Test
  void whatMayBeASecretIsNotRepeated() throws Exception {
    Path a = make("a.db");
    String errors = assertUsage("too many arguments", "cdc", a, "--table", "t", "hunter2");
    assertThat(errors).doesNotContain("hunter2");
  }

  private String assertUsage(String message, Object... line) {
    assertThat(run(line)).as(err()).isEqualTo(2);
    assertThat(err()).contains(message);
    return err();
  }

  @Test
  void aPatternGivesEachDatabaseAFileOrAnAddressOfItsOwn() {
    assertThat(DatabasePattern.file("out/{database}.jsonl", "eu/app.db"))
        .isEqualTo("out/eu/app.db.jsonl");
    assertThat(DatabasePattern.file("out/{database}.jsonl", "/srv/app.db"))
        .isEqualTo("out/srv/app.db.jsonl");
    assertThat(DatabasePattern.address("http://h/{database}?x", "eu/a b\u00e9.db"))
        .isEqualTo("http://h/eu/a%20b%C3%A9.db?x");
    assertThat(
            DatabasePattern.files("out/{database}.db").test(Path.of("out/a.db").toAbsolutePath()))
        .isTrue();
    assertThat(DatabasePattern.files("out/x.db").test(Path.of("out/a.db").toAbsolutePath()))
        .isFalse();
  }

  @Test
  void anExclusionThatMatchesNothingIsSaid() throws Exception {
    Path a = make("a.db", "CREATE TABLE users(id INTEGER PRIMARY KEY, secret)");
    String[] typed = {"--exclude-table", "usrs", "--exclude-column", "users.secrets"};
    assertThat(run("check", a, typed[0], typed[1], typed[2], typed[3])).isZero();
    assertThat(out()).contains("exclusions without match: usrs, users.secrets: check these names");
    assertThat(run("setup", a)).isZero();
    assertThat(run("cdc", a, "--once", typed[0], typed[1], typed[2], typed[3])).isZero();
    assertThat(err()).contains("warning: nothing is left out by usrs, users.secrets, since");
  }
}
