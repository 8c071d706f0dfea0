// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.broker.Broker;
import dev.waltap.testdata.broker.SharedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * From nothing to rows in PostgreSQL, with the files of {@code examples} and what README.md runs:
 * its statements and its query, by a standalone worker that has the plugins in {@code plugins}.
 */
@Tag("slow")
class ExamplesTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern SHELL = Pattern.compile("(?m)^sqlite3 app\\.db (.*)$");
  private static final Pattern QUERY = Pattern.compile("psql .* -c '([^']*)'");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  @Test
  void bringRowsIntoPostgresql() throws Exception {
    String missing = JdbcSink.missing();
    Assumptions.assumeTrue(missing == null, missing);
    String readme = Files.readString(Path.of("README.md"));
    List<List<String>> statements =
        SHELL
            .matcher(readme)
            .results()
            .map(each -> QUOTED.matcher(each.group(1)).results().map(one -> one.group(1)).toList())
            .toList();
    assertThat(statements).hasSize(2);
    String query = QUERY.matcher(readme).results().findFirst().orElseThrow().group(1);
    Path directory = Files.createTempDirectory("waltap-examples");
    int port = Broker.freePort();
    try (Postgres postgres = Postgres.started()) {
      copyExamples(directory, port, postgres.port());
      run(directory, statements.get(0));
      try (ConnectProcess worker =
          ConnectProcess.standalone(
              directory, port, "worker.properties", "source.properties", "sink.properties")) {
        awaitRows(worker, postgres, query, "1|Ada");
        run(directory, statements.get(1));
        awaitRows(worker, postgres, query, "1|Ada Lovelace|~", "2|Grace|1906");
        assertThat(worker.log()).doesNotContain("ERROR");
      }
    }
  }

  /** As they are, but for where the servers listen. */
  private static void copyExamples(Path to, int port, int postgres) throws Exception {
    String broker = SharedBroker.get().address();
    try (Stream<Path> files = Files.list(Path.of("examples"))) {
      for (Path file : files.toList()) {
        Files.writeString(
            to.resolve(file.getFileName()),
            Files.readString(file)
                .replace("localhost:9092", broker)
                .replace("localhost:5432", "127.0.0.1:" + postgres));
      }
    }
    Path worker = to.resolve("worker.properties");
    Files.writeString(
        worker, Files.readString(worker) + "listeners=http://127.0.0.1:" + port + "\n");
    Path plugins = Files.createDirectory(to.resolve("plugins"));
    PluginDirectory.fill(plugins);
    Path sink = JdbcSink.plugins().resolve("debezium-connector-jdbc");
    Files.createSymbolicLink(plugins.resolve("debezium-connector-jdbc"), sink);
  }

  /** As the shell does: in a process, or a connection, that ends. */
  private static void run(Path directory, List<String> statements) throws Exception {
    try (Connection shell =
        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("app.db"))) {
      TestDatabase.execute(shell, statements.toArray(String[]::new));
    }
  }

  private static void awaitRows(
      ConnectProcess worker, Postgres postgres, String query, String... rows) throws Exception {
    Await.until(
        LIMIT,
        () -> {
          List<String> found = new ArrayList<>(postgres.queryIfThere(query));
          found.sort(null);
          return found.equals(List.of(rows));
        },
        () -> postgres.queryIfThere(query) + "\n" + worker.log());
  }
}
