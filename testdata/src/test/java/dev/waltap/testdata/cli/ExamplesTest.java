// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.testdata.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Every example of {@code engine/examples} does what it says, as it is run by those who copy it.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "engine", "examples");

  private TestDatabase database;
  private Connection connection;

  @BeforeEach
  void create() throws Exception {
    database = TestDatabase.create();
    connection = database.open();
    TestDatabase.execute(
        connection, "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, score REAL)");
  }

  @AfterEach
  void remove() throws Exception {
    connection.close();
    database.close();
  }

  private void write(String... statements) throws Exception {
    TestDatabase.execute(connection, statements);
  }

  private Path file(String name) {
    return database.directory().resolve(name);
  }

  private static void assumeTool(String... line) throws Exception {
    assumeTrue(Tools.works(line), line[0] + " is not installed");
  }

  private static String waltap() {
    return String.join(" ", CliProcess.command());
  }

  /** A script, which starts waltap as this build has it. */
  private static List<String> script(String name, Object... arguments) {
    List<String> line = new ArrayList<>(List.of("env", "WALTAP=" + waltap()));
    line.add(EXAMPLES.resolve(name).toString());
    for (Object argument : arguments) {
      line.add(argument.toString());
    }
    return line;
  }

  private static CliProcess runsSilently(List<String> line) throws Exception {
    CliProcess process = CliProcess.startLine(line);
    assertThat(process.exit()).as(process.errors()).isZero();
    assertThat(process.errors()).isEmpty();
    return process;
  }

  /** A program in one source file, which the JDK compiles and runs. */
  private static CliProcess java(String name, Object... arguments) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.add(EXAMPLES.resolve(name).toString());
    for (Object argument : arguments) {
      line.add(argument.toString());
    }
    return CliProcess.startLine(line).awaitError(": ready");
  }

  private static List<String> query(Path path, String sql) throws Exception {
    List<String> values = new ArrayList<>();
    try (Connection reader = TestDatabase.open(path);
        Statement statement = reader.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private static void awaitRows(Path path, String sql, String... expected) throws Exception {
    long end = System.nanoTime() + CliProcess.LIMIT.toNanos();
    while (!query(path, sql).equals(List.of(expected)) && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertThat(query(path, sql)).containsExactly(expected);
  }

  private static void awaitLines(Path file, int count) throws Exception {
    long end = System.nanoTime() + CliProcess.LIMIT.toNanos();
    while (Files.readAllLines(file).size() < count) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void fromCronEachRunAppendsWhatChangedSinceTheLast() throws Exception {
    Path changes = file("changes.jsonl");
    List<String> line = script("catch-up.sh", database.path(), changes);
    write("INSERT INTO users VALUES(1, 'before', 0)");
    runsSilently(line).close();
    assertThat(changes).isEmptyFile();
    write("INSERT INTO users VALUES(2, 'Ada', 0)", "UPDATE users SET score = 1 WHERE id = 2");
    runsSilently(line).close();
    write("DELETE FROM users WHERE id = 1");
    runsSilently(line).close();
    assertThat(Files.readAllLines(changes))
        .satisfiesExactly(
            first -> assertThat(first).contains("INSERT", "\"name\":\"Ada\",\"score\":0.0"),
            second -> assertThat(second).contains("UPDATE", "\"score\":0.0}", "\"score\":1.0}"),
            third -> assertThat(third).contains("DELETE", "\"name\":\"before\""));
  }

  @Test
  void aWebhookReceivesEachChange() throws Exception {
    assumeTool("python3", "--version");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path script = EXAMPLES.resolve("webhook.py");
    Path key = file("key.txt");
    Files.writeString(key, "a key of theirs\n");
    String address = "http://127.0.0.1:" + port + "/";
    try (CliProcess hook =
            CliProcess.startLine(
                List.of("python3", script.toString(), String.valueOf(port), key.toString()));
        CliProcess waltap =
            CliProcess.start("cdc", database.path(), "--output", address, "--hmac-key", "@" + key)
                .awaitReady()) {
      write("INSERT INTO users VALUES(1, 'Ada', 0)", "DELETE FROM users");
      assertThat(hook.awaitLines(2))
          .containsExactly("INSERT users {\"id\": 1}", "DELETE users {\"id\": 1}");
      assertThat(waltap.stop()).isZero();
    }
  }

  @Test
  void recipesForJqSayWhatChanged() throws Exception {
    assumeTool("jq", "--version");
    Path events = file("events.jsonl");
    try (CliProcess waltap =
        CliProcess.start("cdc", database.path(), "--output", events).awaitReady()) {
      write("BEGIN", "INSERT INTO users VALUES(1, 'Ada\t\"', 0), (2, 'Bob', NULL)", "COMMIT");
      write("UPDATE users SET score = 1 WHERE id = 1", "DELETE FROM users WHERE id = 2");
      awaitLines(events, 4);
      assertThat(waltap.stop()).isZero();
    }
    assertThat(recipe("changed", events)).containsExactly("users {\"id\":1} {\"score\":[0.0,1.0]}");
    assertThat(recipe("rows", events))
        .containsExactly("users\t1\tAda\\t\"\t0.0", "users\t2\tBob\t", "users\t1\tAda\\t\"\t1.0");
    assertThat(recipe("transactions", events))
        .satisfiesExactly(
            first -> assertThat(first).endsWith(" {\"users INSERT\":2}"),
            second -> assertThat(second).endsWith(" {\"users UPDATE\":1}"),
            third -> assertThat(third).endsWith(" {\"users DELETE\":1}"));
    assertThat(recipe("counts", events)).containsExactly("4\tusers");
  }

  /** Numbers as jq before 1.7 prints them, 0 rather than 0.0, are as good. */
  private static List<String> recipe(String name, Path events) throws Exception {
    String line = EXAMPLES.resolve("recipes.sh") + " " + name + " < " + events;
    try (CliProcess jq = runsSilently(List.of("sh", "-c", line))) {
      return jq.lines().stream()
          .map(text -> text.replaceAll("(?<=[\\[,\\t])([01])(?=[\\],]|$)", "$1.0"))
          .toList();
    }
  }

  @Test
  void intoPostgresqlEachChangeGoesOnce() throws Exception {
    assumeTool("psql", "--version");
    List<String> line = new ArrayList<>();
    try (Postgres postgres = Postgres.start()) {
      line.addAll(script("postgres.sh", database.path(), postgres.url()));
      runsSilently(line).close();
      write("INSERT INTO users VALUES(1, 'Ada \\ \"Ä\"', 0)", "UPDATE users SET score = 1");
      runsSilently(line).close();
      String names = "SELECT DISTINCT event -> 'after' ->> 'name' FROM changes";
      assertThat(postgres.query(names)).containsExactly("Ada \\ \"Ä\"");
      write("DELETE FROM users");
      runsSilently(line).close();
      assertThat(
              postgres.query(
                  "SELECT event ->> 'operation' FROM changes ORDER BY event ->> 'timestamp'"))
          .containsExactly("INSERT", "UPDATE", "DELETE");
      // What is loaded again is left out.
      Path file = Path.of(database.path() + ".changes.jsonl");
      assertThat(file).doesNotExist();
      Files.write(file, postgres.query("SELECT event FROM changes"));
      runsSilently(line).close();
      assertThat(postgres.query("SELECT count(*) FROM changes")).containsExactly("3");
    }
  }

  @Test
  void aCacheForgetsTheRowsThatChanged() throws Exception {
    write("INSERT INTO users VALUES(1, 'Ada', 0), (2, 'Bob', 0)");
    try (CliProcess cache = java("CacheInvalidation.java", database.path())) {
      write("UPDATE users SET score = 1 WHERE id = 2", "DROP TABLE users");
      assertThat(cache.awaitLines(2))
          .containsExactly("user 2 is forgotten", "all users are forgotten");
    }
  }

  @Test
  void anAuditTableHoldsEachChangeOnce() throws Exception {
    Path audit = file("audit.db");
    String sql = "SELECT operation || ' ' || coalesce(after, before) FROM audit ORDER BY at";
    try (CliProcess first = java("AuditTable.java", database.path(), audit)) {
      write("INSERT INTO users VALUES(1, 'Ada', 0)");
      awaitRows(audit, sql, "INSERT {id=1, name=Ada, score=0.0}");
      first.signal("KILL");
      first.exit();
    }
    write("DELETE FROM users");
    try (CliProcess second = java("AuditTable.java", database.path(), audit)) {
      awaitRows(
          audit, sql, "INSERT {id=1, name=Ada, score=0.0}", "DELETE {id=1, name=Ada, score=0.0}");
      assertThat(second.errors()).doesNotContain("Exception");
    }
  }

  @Test
  void aSearchIndexFollowsItsTable() throws Exception {
    write(
        "CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT)",
        "INSERT INTO notes VALUES(1, 'a red lamp'), (2, 'a chair'), (3, NULL)");
    Path index = file("index.db");
    String sql = "SELECT rowid FROM notes('lamp') ORDER BY rowid";
    try (CliProcess first = java("SearchIndex.java", database.path(), index)) {
      awaitRows(index, sql, "1");
      write("UPDATE notes SET body = 'a lamp, too' WHERE id = 2", "DELETE FROM notes WHERE id = 1");
      awaitRows(index, sql, "2");
      assertThat(first.errors()).doesNotContain("Exception");
    }
    write("INSERT INTO notes(body) VALUES('another lamp')");
    try (CliProcess second = java("SearchIndex.java", database.path(), index)) {
      awaitRows(index, sql, "2", "4");
      write("DROP TABLE notes");
      awaitRows(index, sql);
      assertThat(second.errors()).doesNotContain("Exception");
    }
  }

  /** An application around the example, with one listener. */
  private static final String SPRING =
      """
      package example.spring;

      public class Main {
        public static void main(String[] arguments) throws Exception {
          System.setProperty("waltap.database", arguments[0]);
          var context =
              new org.springframework.context.annotation.AnnotationConfigApplicationContext(
                  WaltapCapture.class, Main.class);
          context.registerShutdownHook();
          Thread.sleep(60_000);
        }

        @org.springframework.context.event.EventListener
        public void changed(dev.waltap.api.Change change) {
          System.out.println(change.operation() + " " + change.table() + " " + change.key());
        }
      }
      """;

  @Test
  void springPublishesEachChange() throws Exception {
    String classPath = System.getProperty("java.class.path");
    assumeTrue(classPath.contains("spring-context"), "Spring is not on this class path");
    Path main = Files.writeString(file("Main.java"), SPRING);
    Path classes = file("classes");
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    int exit =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                writer,
                writer,
                "-proc:none",
                "-cp",
                classPath,
                "-d",
                classes.toString(),
                EXAMPLES.resolve("spring/WaltapCapture.java").toString(),
                main.toString());
    assertThat(exit).as(said.toString()).isZero();
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-cp", classPath + File.pathSeparator + classes, "example.spring.Main"));
    line.add(database.path().toString());
    try (CliProcess spring = CliProcess.startLine(line).awaitError(": ready")) {
      write("INSERT INTO users VALUES(1, 'Ada', 0)");
      assertThat(spring.awaitLines(1)).containsExactly("INSERT users {id=1}");
      assertThat(spring.stop()).as(spring.errors()).isEqualTo(143);
      assertThat(spring.errors()).doesNotContain("Exception");
    }
  }

  /** Whoever adds an example lists it, and tests it here. */
  @Test
  void theTableOfExamplesNamesEachOfThem() throws IOException {
    Set<String> listed =
        Pattern.compile("^\\| \\[`([^`]+)`\\]\\(\\1\\)", Pattern.MULTILINE)
            .matcher(Files.readString(EXAMPLES.resolve("README.md")))
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    try (Stream<Path> files = Files.walk(EXAMPLES)) {
      assertThat(
              files
                  .filter(Files::isRegularFile)
                  .map(path -> EXAMPLES.relativize(path).toString())
                  .filter(name -> !name.equals("README.md")))
          .containsExactlyInAnyOrderElementsOf(listed)
          .hasSize(9);
    }
  }
}
