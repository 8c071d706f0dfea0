// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.waltap.CaptureBuilder;
import dev.waltap.text.Paint;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code inspect} of copied databases and WALs, whole and torn ones. */
class InspectTest {
  private static final int FRAME = 24 + 4096;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path directory = Path.of("");

  /** A copy, taken while the database is open, of what these statements leave. */
  private Path copy(String... statements) throws Exception {
    Path original = Files.createTempDirectory(directory, "original").resolve("app.db");
    Path copy = Files.createTempDirectory(directory, "copy").resolve("app.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + original);
        Statement statement = connection.createStatement()) {
      List<String> all = new ArrayList<>(List.of("PRAGMA page_size = 4096"));
      all.addAll(List.of("PRAGMA journal_mode = WAL", "PRAGMA wal_autocheckpoint = 0"));
      all.addAll(List.of(statements));
      for (String sql : all) {
        statement.execute(sql);
      }
      Files.copy(original, copy);
      Files.copy(wal(original), wal(copy));
    }
    return copy;
  }

  private Path users() throws Exception {
    return copy(
        "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, score)",
        "INSERT INTO users VALUES(1, 'Ada', 1), (2, 'Bo', NULL)",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "INSERT INTO users VALUES(3, 'Cy', 0.5)",
        "UPDATE users SET name = 'Eve' WHERE id = 1",
        "DELETE FROM users WHERE id = 2");
  }

  private static Path wal(Path database) {
    return Path.of(database + "-wal");
  }

  private int run(Object... arguments) {
    out.reset();
    err.reset();
    Shell shell =
        new Shell(
            out,
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            CaptureBuilder::build,
            new StopSignals(code -> {}));
    List<String> line = new ArrayList<>(List.of("inspect"));
    for (Object argument : arguments) {
      line.add(argument.toString());
    }
    return Main.run(shell, line.toArray(String[]::new));
  }

  private String inspect(Object... arguments) {
    assertThat(run(arguments)).as(err.toString(StandardCharsets.UTF_8)).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void patch(Path file, long offset, int... bytes) throws Exception {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(offset);
      for (int b : bytes) {
        access.write(b);
      }
    }
  }

  private static void cut(Path file, long length) throws Exception {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(length);
    }
  }

  @Test
  void beginsWithASummary() throws Exception {
    List<String> lines = inspect(users()).lines().toList();
    assertThat(lines.get(0)).contains("app.db-wal: generation ", ", checkpoint sequence 1");
    assertThat(lines.subList(1, lines.size()))
        .startsWith(
            "  3 frames committed, by checksums (no -shm in use); room for 3, pages of 4096"
                + " bytes",
            "  3 transactions: 1 row inserted, 1 row updated, 1 row deleted")
        .contains("  users        3   100 %  +1 ~1 -1");
    assertThat(lines.get(3)).startsWith("  a crash now would keep all 3 transactions; a power");
  }

  @Test
  void countsIndexesWithTheirTableAndNamesEveryPage() throws Exception {
    String text =
        inspect(
            copy(
                "PRAGMA auto_vacuum = FULL",
                "VACUUM",
                "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)",
                "CREATE INDEX t_v ON t(v)",
                "PRAGMA wal_checkpoint(TRUNCATE)",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                    + " INSERT INTO t(v) SELECT hex(zeroblob(20)) || i FROM n"));
    assertThat(text)
        .containsPattern("\n  t +\\d+ +\\d+ % +\\+900 \\(\\d+ frames of indexes\\)\n")
        .containsPattern("of t_v \\(leaf\\)")
        .contains("of sqlite_sequence (leaf)", "of pointer map", "of t (interior)")
        .doesNotContain("none known");
  }

  @Test
  void showsOfAnUpdateOnlyWhatChanged() throws Exception {
    assertThat(inspect(users()))
        .contains("\n    users INSERT id=3, name='Cy', score=0.5\n")
        .contains("\n    users UPDATE id=1: name 'Ada' → 'Eve'\n")
        .contains("\n    users DELETE id=2, name='Bo', score=NULL\n");
  }

  @Test
  void distinguishesTextsFromNumbersAndBlobs() throws Exception {
    assertThat(
            inspect(
                copy(
                    "CREATE TABLE v(a, b, c, d, e)",
                    "INSERT INTO v VALUES(1,'1',1.0,x'31',NULL)",
                    "INSERT INTO v VALUES(9e999,'it''s','',zeroblob(99),-5)")))
        .contains("v INSERT rowid=1, a=1, b='1', c=1.0, d=x'31', e=NULL\n")
        .contains("rowid=2, a=9e999, b='it''s', c='', d=x'" + "00".repeat(30) + "'… (99 bytes)");
  }

  @Test
  void showsOfLongTextsWhereTheyPart() throws Exception {
    String text =
        inspect(
            copy(
                "CREATE TABLE d(id INTEGER PRIMARY KEY, v TEXT)",
                "INSERT INTO d VALUES(1, hex(zeroblob(100)) || 'old end')",
                "UPDATE d SET v = hex(zeroblob(100)) || 'new end'"));
    assertThat(text)
        .contains(
            "d UPDATE id=1: v …'000000000000old end' (207 characters)"
                + " → …'000000000000new end' (207 characters)\n");
  }

  @Test
  void showsTheSqlOfSchemaChanges() throws Exception {
    String text =
        inspect(
            copy(
                "CREATE TABLE a(id INTEGER PRIMARY KEY,\n  x TEXT)",
                "ALTER TABLE a ADD COLUMN y DEFAULT 5",
                "ALTER TABLE a RENAME TO \"b c\"",
                "DROP TABLE \"b c\""));
    assertThat(text)
        .contains("    a SCHEMA created: CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT)\n")
        .contains(
            """
                a SCHEMA altered:
                  - CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT)
                  + CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT, y DEFAULT 5)
            """)
        .contains("    a SCHEMA renamed to \"b c\":\n")
        .contains("    \"b c\" SCHEMA dropped; it was: CREATE TABLE \"b c\"(");
  }

  @Test
  void letsNoValueMoveTheCursor() throws Exception {
    String text =
        inspect(
            copy(
                "CREATE TABLE \"e\u001B[2J\"(v)",
                "INSERT INTO \"e\u001B[2J\" VALUES('\u001B[31mred' || char(10) || char(8238))"));
    assertThat(text)
        .contains("\"e\\u001B[2J\" INSERT", "v='\\u001B[31mred\\n\\u202E'")
        .doesNotContain("\u001B");
  }

  @Test
  void saysThatACopyIsCutOffAndWhatIsKept() throws Exception {
    Path copy = users();
    cut(wal(copy), 32 + 2 * FRAME + 100);
    assertThat(inspect(copy))
        .contains("2 frames committed", "frame 3 is cut off, the file ends within it")
        .contains("a crash now would keep all 2 transactions", "'Eve'")
        .doesNotContain("DELETE");
  }

  @Test
  void saysThatTheLastFrameIsTorn() throws Exception {
    Path copy = users();
    patch(wal(copy), 32 + 2 * FRAME + 24 + 50, 0xff);
    assertThat(inspect(copy))
        .contains("2 frames committed", "frame 3 does not follow from the one before it")
        .contains("1 frame behind them: under way, or rolled back", "a crash now would keep all 2")
        .doesNotContain("damaged");
    patch(wal(copy), 32 + 2 * FRAME, new int[24]);
    assertThat(inspect(copy))
        .contains("frame 3 is none, but zeros or garbage")
        .doesNotContain("damaged");
  }

  @Test
  void saysThatTheMiddleIsDamagedAndHowManyCommitsAreBehindIt() throws Exception {
    Path copy = users();
    patch(wal(copy), 32 + FRAME + 24 + 50, 0xff);
    assertThat(inspect(copy))
        .contains("1 frame committed")
        .contains("damaged at frame 2: its checksum does not fit; 2 commits at or behind it that")
        .contains("copy the database and its -wal before anything opens")
        .contains("a crash now would keep 1 transaction, and lose 2 commits at or behind frame 2")
        .doesNotContain("under way", "rolled back");
    assertThat(inspect(copy, "--format", "json"))
        .contains("\"damaged_frame\":2,\"commits_lost_to_damage\":2");
    patch(wal(copy), 32 + FRAME, new int[24]);
    assertThat(inspect(copy))
        .contains(
            "damaged at frame 2: it is no frame, but zeros or garbage; 1 commit at or behind");
  }

  @Test
  void saysThatTheFirstFrameOrItsSaltsAreDamaged() throws Exception {
    Path copy = users();
    patch(wal(copy), 32 + 8, 0xff, 0xff, 0xff, 0xff);
    assertThat(inspect(copy))
        .contains("0 frames committed")
        .contains("damaged at frame 1: its salts are not those of this WAL; 2 commits at or behind")
        .contains("a crash now would keep no transaction, and lose 2 commits");
  }

  @Test
  void showsTheLastTransactions() throws Exception {
    Path copy = users();
    assertThat(inspect(copy, "--last", 1))
        .contains("3 transactions: 1 row inserted", "\ntransaction 3: ", "DELETE")
        .doesNotContain("\ntransaction 2: ");
    assertThat(inspect(copy, "--last", 9)).contains("\ntransaction 1: ", "\ntransaction 3: ");
    assertThat(inspect(copy, "--limit", 2))
        .contains("\n1 more transaction: --skip 2 shows the next, --last 2 the last\n");
    assertThat(run(copy, "--last", 1, "--skip", 1)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--last counts from the end");
    Path config = copy.resolveSibling("waltap.toml");
    Files.writeString(config, "last = 1\nlimit = 9\n");
    assertThat(inspect(copy, "--limit", 1, "--config", config))
        .contains("\ntransaction 1: ")
        .doesNotContain("\ntransaction 3: ");
  }

  @Test
  void saysThatAHeaderIsTornOrTheWalEmpty() throws Exception {
    Path copy = users();
    patch(wal(copy), 5, 0xff);
    assertThat(inspect(copy)).contains("has no header that SQLite wrote whole", "copy it again");
    cut(wal(copy), 0);
    assertThat(inspect(copy)).contains("is missing or empty: all that is committed is in");
    Files.delete(wal(copy));
    assertThat(inspect(copy, "--format", "json"))
        .isEqualTo(
            """
            {"kind":"summary","wal":"missing"}
            {"kind":"end","transactions_left_out":0}
            """);
  }

  @Test
  void explainsWhatAPairOfDifferentTimesCanNotShow() throws Exception {
    Path copy = users();
    Path other = copy("CREATE TABLE other(a)", "PRAGMA wal_checkpoint(TRUNCATE)");
    Files.write(copy, Files.readAllBytes(other));
    patch(copy, 4096, new int[4096]);
    assertThat(inspect(copy))
        .contains("row changes can't be decoded from here on: ", "copied at different times");
  }

  @Test
  void refusesAPairOfDifferentPageSizes() throws Exception {
    Path copy = users();
    patch(copy, 16, 0x02, 0x00);
    assertThat(run(copy)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("has pages of 4096 bytes, the database of 512", "copy both files again");
  }

  @Test
  void writesJsonForTools() throws Exception {
    String text = inspect(users(), "--format", "json", "--frames", "--rows", "1");
    List<String> kinds = new ArrayList<>();
    for (String line : text.lines().toList()) {
      try (JsonParser parser = new JsonFactory().createParser(line)) {
        parser.nextToken();
        assertThat(parser.nextFieldName()).isEqualTo("kind");
        kinds.add(parser.nextTextValue());
        parser.skipChildren();
        while (parser.nextToken() != null) {
          parser.skipChildren();
        }
      }
    }
    assertThat(kinds)
        .containsExactly("summary", "transaction", "transaction", "transaction", "end");
    assertThat(text)
        .contains("\"transactions\":3,", "\"transactions_kept_in_a_crash\":3,")
        .contains("\"ends_at\":\"end_of_file\"")
        .contains("{\"name\":\"users\",\"frames\":3,\"index_frames\":0,\"inserted\":1,")
        .contains(
            "{\"table\":\"users\",\"operation\":\"UPDATE\",\"key\":{\"id\":1},"
                + "\"before\":{\"id\":1,\"name\":\"Ada\",\"score\":1},"
                + "\"after\":{\"id\":1,\"name\":\"Eve\",\"score\":1},\"changed\":[\"name\"]}")
        .contains("\"frames\":[{\"frame\":2,\"page\":2,\"owner\":\"users\",\"table\":\"users\",");
  }

  @Test
  void namesTheFieldsOfAFrame() throws Exception {
    Path copy = users();
    assertThat(inspect(copy, "--hex", "2"))
        .contains("-wal: frame 2 at byte " + (32 + FRAME) + ": page 2, of users (leaf)\n")
        .containsPattern("\n +0  00 00 00 02 +page number +2\n")
        .containsPattern("\n +4  00 00 00 02 +database size +2 pages: a commit frame\n")
        .containsPattern("\n +0  0d +type +13: leaf of a table b-tree\n")
        .containsPattern("\n +3  00 03 +cells +3\n")
        .containsPattern(" rowid +1\n")
        .containsPattern(" serial type 1 +19: TEXT of 3 bytes\n")
        .containsPattern("\n +\\d+  45 76 65 +field 1 +'Eve'\n");
    assertThat(inspect(copy, "--hex", "3")).containsPattern("freeblock +\\d+ bytes, the last one");
  }

  @Test
  void namesTheFieldsOfAPageFromWhereverItIs() throws Exception {
    Path copy =
        copy(
            "CREATE TABLE big(id INTEGER PRIMARY KEY, v TEXT)",
            "INSERT INTO big VALUES(1, hex(zeroblob(4000)))",
            "CREATE TABLE gone(v)",
            "INSERT INTO gone VALUES(hex(zeroblob(4000)))",
            "PRAGMA wal_checkpoint(TRUNCATE)",
            "DROP TABLE gone");
    assertThat(inspect(copy, "--hex", "page", "1"))
        .contains("database header", "page size", "SQLite version", "freelist pages")
        .contains("type                     13: leaf of a table b-tree", "TEXT of");
    assertThat(inspect(copy, "--hex", "page 2")).contains("first overflow page", "goes on in the");
    assertThat(inspect(copy, "--hex", "page 3"))
        .contains("app.db: page 3 at byte 8192, in no frame", "next overflow page", "payload");
    assertThat(inspect(copy, "--hex=page 5")).contains("freelist (trunk)", "next trunk page");
    assertThat(inspect(copy, "--hex", "page 5", "--format", "json"))
        .startsWith("{\"kind\":\"image\",")
        .contains("\"field\":\"leaves\",\"value\":\"1\"");
  }

  @Test
  void saysWhichPagesAndFramesThereAre() throws Exception {
    Path copy = users();
    assertThat(run(copy, "--hex", "page", "9")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no page 9: give one from 1 to 2");
    assertThat(run(copy, "--hex", "4")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no frame 4: give one from 1 to 3");
    Files.delete(wal(copy));
    assertThat(run(copy, "--hex", "4")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("as --hex page 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "page", "pages 3", "-1", "x"})
  void takesNoOtherWordForAPage(String text) throws Exception {
    assertThat(run(users(), "--hex=" + text)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("write --hex 12 or --hex page 3");
  }

  @Test
  void paintsOnlyWhereItIsWanted() {
    assertThat(Paint.ON.red("x")).isEqualTo("\u001B[31mx\u001B[0m");
    assertThat(Paint.OFF.red("x")).isEqualTo("x");
  }
}
