package dev.waltap.testdata.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Some of the version matrix, of which {@link dev.waltap.testdata.VersionsMain} runs all: the jars
 * that the build copied.
 */
@Timeout(300)
class VersionsTest {
  private static final Path JARS = Path.of("target", "versions");
  private static final List<String> JDBC = List.of("3.7.2", "3.8.11.2", "3.54.1.0");
  private static final long SEED = Long.getLong("waltap.versions.seed", 1);
  private static final int TRANSACTIONS = 900;

  static List<SqliteBuild> builds() throws IOException {
    return Builds.find(JARS).stream().filter(b -> JDBC.contains(b.name())).toList();
  }

  private static SqliteBuild build(String name) throws IOException {
    return Builds.find(JARS).stream().filter(b -> b.name().equals(name)).findFirst().orElseThrow();
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
        capture.demandRunning(Duration.ofMillis(300));
      }
      capture.stop();
      later.start(true);
      later.compare(5);
    }
  }
}
