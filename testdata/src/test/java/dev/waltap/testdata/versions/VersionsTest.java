// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Some of the version matrix, of which {@link dev.waltap.testdata.VersionsMain} runs all: the jars
 * that the build copied, and what else this machine has of SQLite.
 */
@Tag("slow")
@Timeout(300)
class VersionsTest {
  private static final Path JARS = Path.of("target", "versions");
  private static final List<String> JDBC =
      List.of("3.7.2", "3.8.11.2", "3.40.1.0", "3.50.1.0", "3.54.1.0");

  /** They commit frames without salts and checksums. */
  private static final List<String> BARE = List.of("3.40.1.0", "3.50.1.0");

  private static final long SEED = Long.getLong("waltap.seed", 1);
  private static final int TRANSACTIONS = 900;

  static List<SqliteBuild> builds() throws IOException {
    return Builds.find(JARS).stream()
        .filter(b -> b.kind() != SqliteBuild.Kind.JDBC || JDBC.contains(b.name()))
        .toList();
  }

  private static SqliteBuild build(String name) throws IOException {
    return Builds.named(JARS, name);
  }

  @Test
  void findsTheVersionsThatTheBuildCopied() throws IOException {
    assertThat(builds()).extracting(SqliteBuild::name).containsAll(JDBC);
  }

  @ParameterizedTest
  @MethodSource("builds")
  void capturesWhatOtherVersionsWrite(SqliteBuild build) throws Exception {
    MatrixRun.Result result = new MatrixRun(build).run(SEED, TRANSACTIONS);
    System.out.println(result.line());
    assertThat(result.ok()).as(result.line()).isTrue();
    if (BARE.contains(build.name())) {
      assertThat(result.bareFrames()).as(result.line()).isPositive();
    }
  }

  /** The header in the file says that the database is not in WAL mode, though its WAL is in use. */
  @Test
  void goesOnAfterVacuumByAVersionThatMarksTheHeaderOtherwise() throws Exception {
    Layout layout = Layout.random(0, Dialect.of("3.7.2"), new Random(1));
    try (TestDatabase database = TestDatabase.create();
        Writers writers = new Writers(build("3.7.2"), database.directory());
        MatrixCapture capture = new MatrixCapture(database.path(), layout, new Totals());
        MatrixCapture later = new MatrixCapture(database.path(), layout, new Totals())) {
      Writer writer = writers.get(0);
      writer.open(0, database.path());
      writer.sql(0, new Statements(new Random(1), Dialect.of("3.7.2"), layout.pageSize()).create());
      writer.sync(Writers.LIMIT);
      capture.start(true);
      capture.compare(1);
      for (int marker = 2; marker < 6; marker++) {
        writer.sql(0, List.of("VACUUM", "UPDATE waltap_marker SET n = " + marker));
        writer.sql(0, "PRAGMA wal_checkpoint");
        writer.sync(Writers.LIMIT);
        capture.compare(marker);
        // The file is looked at every now and then while nothing is written.
        capture.demandRunning(Duration.ofMillis(1500));
      }
      capture.stop();
      later.start(true);
      later.compare(5);
    }
  }

  /**
   * It leaves the count of frames that a checkpoint attempts at 0, which looks like one under way.
   */
  @Test
  void noticesACopyWrittenOverTheFileUnderAnOldVersion() throws Exception {
    Layout layout = new Layout(4096, "UTF-8", 0, false, 1000, -1, "NORMAL", false, false);
    Dialect dialect = Dialect.of("3.8.11");
    try (TestDatabase database = TestDatabase.create();
        Writers writers = new Writers(build("3.8.11.2"), database.directory());
        MatrixCapture capture = new MatrixCapture(database.path(), layout, new Totals())) {
      Path copy = database.path().resolveSibling("copy.db");
      Writer writer = writers.get(0);
      writer.open(0, database.path());
      writer.sql(0, new Statements(new Random(1), dialect, 4096).create());
      writer.sql(0, "PRAGMA wal_checkpoint");
      writer.sync(Writers.LIMIT);
      copy(database.path(), copy);
      capture.start(true);
      writer.sql(0, "INSERT INTO plain(id) VALUES(1)");
      writer.sql(0, List.of("UPDATE waltap_marker SET n = 2", "PRAGMA wal_checkpoint"));
      writer.close(0); // Not the last one: the capture has its own.
      writer.sync(Writers.LIMIT);
      capture.compare(2);
      long deadline = System.nanoTime() + Writers.LIMIT.toNanos();
      while (capture.gaps() == 0) {
        // Again, since what comes before a second look is taken for the checkpoint's; rarely, since
        // a file that is still written to is not compared.
        copy(copy, database.path());
        capture.demandRunning(Duration.ofMillis(1500));
        assertThat(System.nanoTime()).as("waiting for the copy to be noticed").isLessThan(deadline);
      }
      capture.expectMarker(3);
      writer.open(0, database.path());
      writer.sql(0, "UPDATE waltap_marker SET n = 3");
      writer.sync(Writers.LIMIT);
      capture.compare(3);
    }
  }

  /** By another process: to close a descriptor of a database here would drop SQLite's locks. */
  private static void copy(Path from, Path to) throws Exception {
    Process process = new ProcessBuilder("cp", from.toString(), to.toString()).start();
    assertThat(process.waitFor()).isZero();
  }
}
