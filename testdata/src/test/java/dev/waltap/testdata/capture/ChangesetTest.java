// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waltap.Waltap;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.changeset.ChangesetHandler;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changesets, applied to a copy by the system's own SQLite library. */
class ChangesetTest {
  private static final Path APPLY =
      Path.of("..", "engine", "examples", "apply-changesets.py").toAbsolutePath();
  private static final String[] TABLES = {
    "CREATE TABLE alias(id INTEGER PRIMARY KEY, b, c TEXT)",
    "CREATE TABLE declared(a TEXT COLLATE NOCASE, b, c REAL, PRIMARY KEY(b, a))",
    "CREATE TABLE keyed(z, a TEXT, b BLOB, c, PRIMARY KEY(b, a)) WITHOUT ROWID",
    "CREATE TABLE \"com puted\"(v AS (a - 1), a INTEGER PRIMARY KEY, s AS (a + 1) STORED, b)",
  };
  private static final List<String> COLUMNS =
      List.of("alias(id,b,c)", "declared(a,b,c)", "keyed(z,a,b,c)", "\"com puted\"(a,b)");

  private final List<String> warnings = new ArrayList<>();
  private TestDatabase source;
  private TestDatabase copy;
  private Connection writer;
  private Path changesets;

  @BeforeEach
  void open() throws Exception {
    assumeThat(sessions()).as("python3 and a library with sessions").isTrue();
    source = TestDatabase.create();
    copy = TestDatabase.create();
    writer = source.open();
    changesets = copy.directory().resolve("changes");
    TestDatabase.execute(writer, "PRAGMA wal_autocheckpoint=0");
    both(TABLES);
    capture(); // Begins here.
  }

  @AfterEach
  void close() throws SQLException {
    if (writer != null) {
      writer.close();
      source.close();
      copy.close();
    }
  }

  private static boolean sessions() throws Exception {
    String check =
        "import ctypes, ctypes.util;"
            + "ctypes.CDLL(ctypes.util.find_library('sqlite3')).sqlite3changeset_apply";
    try {
      return new ProcessBuilder("python3", "-c", check)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private void both(String... statements) throws SQLException {
    TestDatabase.execute(writer, statements);
    try (Connection other = copy.open()) {
      TestDatabase.execute(other, statements);
    }
  }

  private void capture() throws Exception {
    Path state = source.directory().resolve("state");
    try (ChangesetHandler handler = ChangesetHandler.open(changesets, warnings::add);
        ChangeDataCapture capture =
            Waltap.open(source.path())
                .stateDirectory(state)
                .once(true)
                .batchSize(7)
                .handler(handler)
                .build()) {
      if (!Files.exists(state)) {
        capture.setup();
      }
      capture.cdc();
    }
  }

  /** In their order; the last one of them, if only that is wanted. */
  private List<Path> files() throws IOException {
    if (!Files.exists(changesets)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(changesets)) {
      return all.filter(each -> each.toString().endsWith(".changeset")).sorted().toList();
    }
  }

  private String apply(List<Path> files, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("python3", APPLY.toString(), copy.path().toString()));
    files.forEach(file -> command.add(file.toString()));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0 ? "" : "failed: " + output;
  }

  private void same() throws SQLException {
    for (String columns : COLUMNS) {
      String table = columns.substring(0, columns.indexOf('('));
      assertThat(rows(copy, table)).as(table).isEqualTo(rows(source, table));
    }
  }

  private static List<String> rows(TestDatabase database, String table) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = database.open();
        Statement statement = connection.createStatement();
        ResultSet names = statement.executeQuery("SELECT * FROM " + table)) {
      StringBuilder quoted = new StringBuilder();
      for (int i = 1; i <= names.getMetaData().getColumnCount(); i++) {
        String name = '"' + names.getMetaData().getColumnName(i) + '"';
        quoted.append(i == 1 ? "" : " || ',' || ").append("typeof(").append(name);
        quoted.append(") || hex(").append(name).append(") || quote(").append(name).append(")");
      }
      names.close();
      try (ResultSet all =
          statement.executeQuery("SELECT " + quoted + " AS text FROM " + table + " ORDER BY 1")) {
        while (all.next()) {
          rows.add(all.getString(1));
        }
      }
    }
    return rows;
  }

  @Test
  void uniqueValuesThatRowsExchange() throws Exception {
    both(
        "CREATE TABLE named(id INTEGER PRIMARY KEY, name TEXT UNIQUE, n, twice AS (n * 2))",
        "INSERT INTO named VALUES(1, 'a', 1), (2, 'b', 2), (3, 'c', 3)",
        "CREATE TABLE pairs(a, b, c UNIQUE, PRIMARY KEY(a, b)) WITHOUT ROWID",
        "INSERT INTO pairs VALUES(1, 1, 'x'), (1, 2, 'y')");
    capture();
    int before = files().size();
    TestDatabase.execute(
        writer,
        "BEGIN",
        "UPDATE named SET name = name || '-'",
        "UPDATE named SET name = 'b', n = 7 WHERE id = 1",
        "UPDATE named SET name = 'c' WHERE id = 2",
        "UPDATE named SET name = 'd' WHERE id = 3",
        "INSERT INTO named(id, name) VALUES(4, 'a')",
        "COMMIT",
        "BEGIN",
        "UPDATE named SET name = 'f' WHERE id = 1",
        "UPDATE named SET name = 'b' WHERE id = 3",
        "UPDATE named SET name = 'd' WHERE id = 1",
        "UPDATE pairs SET c = c || '-'",
        "UPDATE pairs SET c = 'y' WHERE b = 1",
        "UPDATE pairs SET c = 'x' WHERE b = 2",
        "COMMIT");
    capture();
    List<Path> exchanges = files().subList(before, files().size());
    assertThat(exchanges).hasSize(2);
    assertThat(apply(exchanges, "--strict")).isEmpty();
    for (String table : List.of("named", "pairs")) {
      assertThat(rows(copy, table)).as(table).isEqualTo(rows(source, table));
    }
    assertThat(apply(exchanges)).isEmpty();
    same();
  }

  @Test
  void aUniqueValueThatTheCopyAloneHasIsAnError() throws Exception {
    both("CREATE TABLE named(id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
    capture();
    int before = files().size();
    try (Connection other = copy.open()) {
      TestDatabase.execute(other, "INSERT INTO named VALUES(5, 'a')");
    }
    TestDatabase.execute(writer, "INSERT INTO named VALUES(6, 'a')");
    capture();
    assertThat(apply(files().subList(before, files().size())))
        .contains("a row of named does not fit the copy", "nothing of it was applied");
    assertThat(rows(copy, "named")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void aCopyIsExactlyLikeItsSource(long seed) throws Exception {
    Random random = new Random(seed);
    int applied = 0;
    for (int round = 0; round < 2; round++) {
      change(random, 48);
      capture();
      List<Path> all = files();
      assertThat(all.size()).as("seed %d", seed).isGreaterThan(applied + 5);
      assertThat(apply(all.subList(applied, all.size()), "--strict")).isEmpty();
      same();
      assertThat(apply(all.subList(applied, all.size()))).isEmpty(); // As after a crash.
      same();
      applied = all.size();
    }
    assertThat(warnings).isEmpty();
  }

  /** A few statements to a transaction. */
  private void change(Random random, int statements) throws SQLException {
    TestDatabase.execute(writer, "BEGIN");
    for (int i = 0; i < statements; i++) {
      if (i % 4 == 3) {
        TestDatabase.execute(writer, "COMMIT", "BEGIN");
      }
      String columns = COLUMNS.get(random.nextInt(COLUMNS.size()));
      String table = columns.substring(0, columns.indexOf('('));
      String[] names = columns.substring(table.length() + 1, columns.length() - 1).split(",");
      String some = " WHERE random() % 3 = 0";
      String sql =
          switch (random.nextInt(5)) {
            case 0 -> "DELETE FROM " + table + some;
            case 1 ->
                "UPDATE OR IGNORE " + table + " SET " + names[names.length - 1] + " = ?" + some;
            default ->
                "INSERT OR REPLACE INTO "
                    + columns
                    + " VALUES(?"
                    + ",?".repeat(names.length - 1)
                    + ")";
          };
      try (PreparedStatement statement = writer.prepareStatement(sql)) {
        int count = statement.getParameterMetaData().getParameterCount();
        for (int p = 1; p <= count; p++) {
          boolean id = p == 1 && (table.equals("alias") || table.contains("com"));
          boolean key = p <= 3 && (table.equals("keyed") || table.equals("declared"));
          boolean set = count == 1;
          statement.setObject(p, id && !set ? (Object) random.nextInt(40) : value(random, key));
        }
        statement.execute();
      }
    }
    TestDatabase.execute(writer, "COMMIT");
  }

  private static @Nullable Object value(Random random, boolean notNull) {
    return switch (random.nextInt(7)) {
      case 0 -> notNull ? 0L : null;
      case 1 -> random.nextLong();
      case 2 -> (long) random.nextInt(5);
      case 3 -> random.nextInt(99) * 0.1;
      case 4 -> "it's \0 é😀".repeat(random.nextInt(40)) + random.nextInt(9);
      case 5 -> notNull ? "k" : Double.POSITIVE_INFINITY;
      default -> {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        yield bytes;
      }
    };
  }

  @Test
  void whatChangesetsCannotHoldIsLeftOutWithAWarning() throws Exception {
    both("CREATE TABLE plain(a)", "CREATE TABLE loose(a TEXT PRIMARY KEY, b)");
    TestDatabase.execute(
        writer,
        "INSERT INTO plain VALUES(1), (2)",
        "INSERT INTO loose VALUES(NULL, 1), ('x', 2), (NULL, 3)",
        "ALTER TABLE alias ADD COLUMN d",
        "INSERT INTO alias VALUES(1, 2, 'c', 'd')");
    capture();
    assertThat(warnings)
        .anyMatch(each -> each.startsWith("the table plain has no primary key"))
        .anyMatch(each -> each.startsWith("the table loose has rows with NULL"))
        .anyMatch(each -> each.startsWith("the table alias was made or altered"))
        .hasSize(5);
    try (Connection other = copy.open()) {
      TestDatabase.execute(other, "ALTER TABLE alias ADD COLUMN d");
    }
    assertThat(apply(files(), "--strict")).isEmpty();
    same();
    assertThat(rows(copy, "loose")).hasSize(1);
  }

  @Test
  void aChangesetThatDoesNotFitIsRefusedWhereThatIsAskedFor() throws Exception {
    both("INSERT INTO alias VALUES(1, 2, 'c')");
    capture();
    TestDatabase.execute(writer, "UPDATE alias SET b = 3");
    capture();
    try (Connection other = copy.open()) {
      TestDatabase.execute(other, "UPDATE alias SET b = 4");
    }
    List<Path> last = List.of(files().get(files().size() - 1));
    assertThat(apply(last, "--strict")).contains("failed");
    assertThat(apply(last)).isEmpty();
    same();
  }

  @Test
  void filesAreMadeWhereOnlyTheirsAreAndOfOneStream() throws Exception {
    TestDatabase.execute(writer, "INSERT INTO alias VALUES(1, 2, 'c')");
    capture();
    Files.createFile(changesets.resolve("0000000009-0000000009.changeset.unfinished"));
    TestDatabase.execute(writer, "INSERT INTO alias VALUES(2, 2, 'c')");
    capture();
    assertThat(changesets).isDirectoryNotContaining("glob:**.unfinished");
    assertThat(files()).hasSize(2);

    Path other = Files.createDirectory(copy.directory().resolve("other"));
    Files.createFile(other.resolve("a letter"));
    assertThatThrownBy(() -> ChangesetHandler.open(other, warnings::add))
        .hasMessageContaining("holds other files");
    assertThatThrownBy(() -> ChangesetHandler.open(source.path(), warnings::add))
        .hasMessageContaining("is a file");
    Files.writeString(changesets.resolve("stream"), "another\n");
    TestDatabase.execute(writer, "DELETE FROM alias");
    assertThatThrownBy(this::capture).hasMessageContaining("changesets of another stream, another");
  }
}
