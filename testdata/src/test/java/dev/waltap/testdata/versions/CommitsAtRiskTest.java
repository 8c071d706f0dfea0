// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.cli.CliProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The commands say which commits a crash would lose by SQLite's own fault, and what to do. SQLite
 * 3.40.1 writes such commits, as applications do.
 */
@Tag("slow")
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class CommitsAtRiskTest {
  private static final Dialect DIALECT = Dialect.of("3.40.1");

  private final Layout layout =
      new Layout(4096, "UTF-8", 0, false, 100_000, -1, "NORMAL", false, true);
  private final Statements statements = new Statements(new Random(1), DIALECT, 4096);
  private TestDatabase database;
  private Writers writers;
  private int commits;

  @BeforeEach
  void open() throws Exception {
    database = TestDatabase.create();
    SqliteBuild build = Builds.named(Path.of("target", "versions"), "3.40.1.0");
    writers = new Writers(build, database.directory());
    writers.get(0).open(0, database.path());
    write(layout.connect(DIALECT));
    write(statements.create());
    write(List.of("PRAGMA wal_checkpoint(TRUNCATE)"));
  }

  @AfterEach
  void close() throws Exception {
    try (TestDatabase first = database) {
      writers.close();
    }
  }

  private void write(List<String> sql) throws Exception {
    writers.get(0).sql(0, sql);
    writers.sync();
    assertThat(writers.refused()).isEmpty();
  }

  private void commitChecked() throws Exception {
    write(List.of("INSERT INTO counted(v) VALUES('checked')"));
    commits++;
  }

  private void commitBare() throws Exception {
    write(statements.spilledSavepoint());
    commits++;
  }

  private String run(Object... arguments) throws Exception {
    List<Object> all = new ArrayList<>(List.of(arguments));
    try (CliProcess waltap = CliProcess.start(all.toArray())) {
      assertThat(waltap.exit()).as(waltap.errors()).isZero();
      return String.join("\n", waltap.lines()) + "\n" + waltap.errors();
    }
  }

  @Test
  void cdcWarnsOnceARunAndSaysWhatToDo() throws Exception {
    try (CliProcess waltap = CliProcess.start("cdc", database.path(), "--no-state")) {
      waltap.awaitReady();
      commitChecked();
      awaitCommits(waltap);
      assertThat(waltap.errors()).doesNotContain("without checksums");
      commitBare();
      waltap.awaitError(CommitsAtRisk.WHAT + ": " + CommitsAtRisk.ADVICE);
      commitBare();
      commitChecked();
      awaitCommits(waltap);
      assertThat(waltap.stop()).isZero();
      assertThat(waltap.errors().lines().filter(line -> line.contains(CommitsAtRisk.WHAT)))
          .singleElement()
          .asString()
          .startsWith("waltap: warning: ")
          .contains("upgrade the application's SQLite", "wal_checkpoint(TRUNCATE)");
    }
  }

  private void awaitCommits(CliProcess waltap) throws Exception {
    List<String> lines = List.of();
    while (lines.stream().filter(line -> line.contains("\"last\":true")).count() < commits) {
      lines = waltap.awaitLines(lines.size() + 1);
    }
  }

  @Test
  void cdcWarnsOfThoseThatItsSnapshotFinds() throws Exception {
    commitBare();
    try (CliProcess waltap = CliProcess.start("cdc", database.path(), "--no-state")) {
      waltap.awaitError(CommitsAtRisk.ADVICE);
      waltap.awaitReady();
      assertThat(waltap.stop()).isZero();
    }
  }

  @Test
  void inspectMarksThemAndNoOthers() throws Exception {
    commitChecked();
    assertThat(run("inspect", database.path())).doesNotContainIgnoringCase("at risk");
    commitBare();
    commitChecked();
    String text = run("inspect", database.path(), "--frames");
    assertThat(text)
        .containsPattern("at risk from frame \\d+ on: ")
        .contains(CommitsAtRisk.WHAT, CommitsAtRisk.ADVICE, ", no checksum");
    assertThat(text.lines().filter(line -> line.startsWith("transaction ")).toList())
        .hasSize(3)
        .satisfies(lines -> assertThat(lines.get(0)).doesNotContain("AT RISK"))
        .satisfies(
            lines -> assertThat(lines.get(1)).endsWith(", AT RISK: frames without checksums"))
        .satisfies(lines -> assertThat(lines.get(2)).doesNotContain("AT RISK"));
  }

  @Test
  void statusCountsThemWithThoseBehindThem() throws Exception {
    run("setup", database.path());
    commitChecked();
    assertThat(run("status", database.path())).doesNotContain("at risk");
    commitBare();
    commitChecked();
    assertThat(run("status", database.path()))
        .contains("2 commits: " + CommitsAtRisk.WHAT, CommitsAtRisk.ADVICE);
    write(List.of("PRAGMA wal_checkpoint(TRUNCATE)"));
    assertThat(run("status", database.path())).doesNotContain("at risk");
  }
}
