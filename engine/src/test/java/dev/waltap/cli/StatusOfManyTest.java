// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** The status of several databases at once, and the removal of one state among many. */
class StatusOfManyTest extends CommandTest {

  private int status(Object... more) {
    Object[] line = new Object[more.length + 6];
    Object[] first = {"status", "--directory", directory, "--recursive", "--state", root()};
    System.arraycopy(first, 0, line, 0, first.length);
    System.arraycopy(more, 0, line, first.length, more.length);
    return run(line);
  }

  private Path root() {
    return directory.resolve("states");
  }

  private void captureAll() {
    Object[] line = {
      "cdc", "--directory", directory, "--recursive", "--state", root(), "--once", "--quiet"
    };
    assertThat(run(line)).as(err()).isZero();
  }

  @Test
  void isATableAndTheExitCodeIsThatOfTheWorst() throws Exception {
    make("a.db");
    Files.createDirectory(directory.resolve("eu"));
    Path b = make("eu/b.db");
    assertThat(status()).isEqualTo(1);
    assertThat(out()).contains("\na.db      no state\neu/b.db   no state\n");
    assertThat(err()).contains("waltap: a.db: there is no state in ", "waltap: eu/b.db: there is");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + b);
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO t VALUES(1)");
      captureAll();
      assertThat(status("--max-lag", 0)).as(err()).isZero();
      assertThat(out().lines().toList())
          .anyMatch(
              each -> each.matches("database +behind +undelivered for +saved position +held by"))
          .anyMatch(each -> each.matches("a\\.db +nothing +1:0:0 +nobody"))
          .anyMatch(each -> each.matches("eu/b\\.db +nothing +1:1:0 +nobody"))
          .contains("2 databases; open in a capture: 0");
      statement.execute("INSERT INTO t VALUES(2)");
      assertThat(status()).isZero();
      assertThat(out()).containsPattern("eu/b\\.db +1 transaction ");
      assertThat(status("--max-lag", 0, "--quiet")).isEqualTo(1);
      assertThat(out()).isEmpty();
      assertThat(err())
          .hasLineCount(1)
          .contains("eu/b.db: the capture is behind by more than --max-lag 0", "no capture runs");
    }
  }

  @Test
  void isALineOfJsonForEach() throws Exception {
    Path a = make("a.db").toRealPath();
    captureAll();
    Path late = make("late.db").toRealPath();
    assertThat(status("--format", "json")).isEqualTo(1);
    assertThat(out().lines().toList())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("{\"database\":\"" + a + "\",\"state\":\""))
        .anyMatch(
            line ->
                line.startsWith("{\"database\":\"" + late + "\",\"state\":\"")
                    && line.contains("\"problem\":\"there is no state in "));
  }

  @Test
  void ofNoDatabaseIsRefused() {
    assertThat(status("--match", "*.none")).isEqualTo(1);
    assertThat(err()).contains("there is no database: none in ", " or below it matches '*.none'");
  }

  @Test
  void oneThatWasCapturedBeforeHasItsStateHoweverItIsNamed() throws Exception {
    Path a = make("a.db");
    Path b = Files.createDirectory(directory.resolve("eu")).resolve("b.db");
    make("eu/b.db");
    captureAll();
    assertThat(run("status", a, b, "--state", root())).as(err()).isZero();
    assertThat(out()).contains("a.db", "eu/b.db").doesNotContain("no state");
    assertThat(run("cdc", a, b, "--state", root(), "--once")).as(err()).isZero();
    assertThat(root()).isDirectoryNotContaining("regex:.*-[0-9a-f]{16}-waltap");
    Path named = make("named.db");
    assertThat(run("cdc", a, named, "--state", root(), "--once")).as(err()).isZero();
    assertThat(root()).isDirectoryContaining("regex:.*/named.db-[0-9a-f]{16}-waltap");
    captureAll();
    assertThat(root().resolve("named.db-waltap")).doesNotExist();
    assertThat(status()).as(err()).isZero();
  }

  @Test
  void oneAmongManyIsFoundAndRemovedByItsDatabaseEvenIfThatIsGone() throws Exception {
    Path a = make("a.db");
    Path b = make("b.db");
    captureAll();
    assertThat(run("status", a, "--state", root())).as(err()).isZero();
    assertThat(out()).contains("state:          " + root().resolve("a.db-waltap"));
    Files.delete(a);
    assertThat(run("teardown", a, "--state", root())).as(err()).isZero();
    assertThat(err()).contains("removed " + root().resolve("a.db-waltap"));
    assertThat(root().resolve("a.db-waltap")).doesNotExist();
    assertThat(root().resolve("b.db-waltap")).exists();
    assertThat(run("teardown", a, "--state", root())).isZero();
    assertThat(err()).contains("nothing to do: there is no state of " + a);
    // One that is named has the state that it had when it was found.
    assertThat(run("cdc", a, b, "--state", root(), "--once")).isEqualTo(1);
    assertThat(run("teardown", b, "--state", root())).isZero();
    assertThat(run("teardown", b, "--state", root())).isZero();
    assertThat(root()).isDirectoryNotContaining(path -> path.toString().contains("b.db"));
  }
}
