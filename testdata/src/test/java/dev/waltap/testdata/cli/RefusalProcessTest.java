// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.testdata.TestDatabase;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What can't be captured is refused in words of its own, and stays as it is to the byte. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class RefusalProcessTest {

  /** Who may still read the classes of this build, wherever they are. */
  private static final List<String> AS_NOBODY =
      List.of(
          "setpriv",
          "--reuid=65534",
          "--regid=65534",
          "--clear-groups",
          "--inh-caps=-all,+dac_read_search",
          "--ambient-caps=+dac_read_search");

  @TempDir private Path directory = Path.of("");

  private Path database(String name, String... statements) throws Exception {
    Path path = directory.resolve(name);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path)) {
      TestDatabase.execute(connection, statements);
    }
    return path;
  }

  private Path inWalMode(String name) throws Exception {
    return database(
        name,
        "PRAGMA page_size = 4096",
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
            + " INSERT INTO t SELECT i, hex(zeroblob(50)) FROM n");
  }

  private static void patch(Path file, long offset, byte... bytes) throws Exception {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(offset);
      access.write(bytes);
    }
  }

  /** All files of the directory, with their bytes. */
  private Map<String, String> files() throws Exception {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        found.put(
            path.toString(),
            Files.isReadable(path)
                ? HexFormat.of().formatHex(Files.readAllBytes(path)).hashCode() + ""
                : "closed");
      }
    }
    return found;
  }

  private void refused(Path path, List<String> words, Object... options) throws Exception {
    refused(List.of("cdc", "bootstrap"), path, words, options);
  }

  private void refusedByCdc(Path path, String... words) throws Exception {
    refused(List.of("cdc"), path, List.of(words));
  }

  private void refused(List<String> commands, Path path, List<String> words, Object... options)
      throws Exception {
    Map<String, String> before = files();
    for (String command : commands) {
      List<Object> arguments = new ArrayList<>(List.of(command, path));
      arguments.addAll(List.of(options));
      try (CliProcess waltap = CliProcess.start(arguments.toArray())) {
        assertThat(waltap.exit()).as(waltap.errors()).isEqualTo(1);
        assertThat(waltap.lines()).isEmpty();
        assertThat(waltap.errors()).startsWith("waltap: ").contains(words);
        assertThat(waltap.errors().lines()).as("one line").hasSize(1);
      }
    }
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void whatIsNoDatabase() throws Exception {
    refused(directory.resolve("missing.db"), List.of("missing.db", "does not exist"));
    refused(directory, List.of("is a directory"));
    Path text = Files.writeString(directory.resolve("text.db"), "just words\n".repeat(100), UTF_8);
    refused(text, List.of("not a SQLite database", "encrypted"));
    byte[] noise = new byte[8192];
    new Random(5).nextBytes(noise);
    refused(Files.write(directory.resolve("noise.db"), noise), List.of("encrypted"));
    refused(Files.createFile(directory.resolve("empty.db")), List.of("is empty", "WAL"));
    Path cut = inWalMode("cut.db");
    try (RandomAccessFile file = new RandomAccessFile(cut.toFile(), "rw")) {
      file.setLength(50);
    }
    refused(cut, List.of("only 50 bytes", "cut off"));
  }

  @Test
  void pathsThatLeadNowhere() throws Exception {
    Path dangling = Files.createSymbolicLink(directory.resolve("dangling.db"), Path.of("nowhere"));
    refusedByCdc(dangling, "symbolic link to a file that does not exist");
    Path loop = directory.resolve("loop.db");
    Files.createSymbolicLink(loop, loop);
    refusedByCdc(loop, "can't be reached", "symbolic links");
    refusedByCdc(directory.resolve("x".repeat(300)), "can't be reached", "too long");
    refusedByCdc(inWalMode("app.db").resolve("x"), "can't be reached", "ot a directory");
    refusedByCdc(Path.of("file:" + directory + "/app.db"), "does not exist", "not a URI");
    refusedByCdc(Path.of("/dev/null"), "not a regular file");
  }

  @Test
  void whatStandsWhereSqliteKeepsItsFiles() throws Exception {
    Path path = inWalMode("app.db");
    Path elsewhere = directory.resolve("elsewhere");
    for (String suffix : List.of("-wal", "-shm")) {
      Path companion = directory.resolve("app.db" + suffix);
      Files.createSymbolicLink(companion, elsewhere);
      refusedByCdc(path, "app.db" + suffix, "is a directory, a link", "move it away");
      Files.delete(companion);
      Files.createDirectory(companion);
      refusedByCdc(path, "app.db" + suffix, "is a directory, a link", "move it away");
      Files.delete(companion);
    }
    assertThat(elsewhere).doesNotExist();
  }

  /** A crash on the way to WAL mode leaves one: to read then is to write. */
  @Test
  void aRollbackJournalThatIsHot() throws Exception {
    Path path = inWalMode("app.db");
    byte[] header = HexFormat.of().parseHex("d9d505f920a163d7" + "00".repeat(504));
    Path journal = Files.write(directory.resolve("app.db-journal"), header);
    refusedByCdc(path, "app.db-journal", "roll it back", "with the application first");
    assertThat(journal).hasBinaryContent(header);
  }

  @Test
  void whatIsNotInWalModeOrOfAnotherFormat() throws Exception {
    Path rollback = database("rollback.db", "CREATE TABLE t(a)");
    refused(rollback, List.of("not in WAL mode", "PRAGMA journal_mode=WAL", "rollback.db"));
    Path wal2 = inWalMode("wal2.db");
    patch(wal2, 18, (byte) 3, (byte) 3);
    refused(wal2, List.of("WAL2", "version 3"));
    Path future = inWalMode("future.db");
    patch(future, 18, (byte) 9, (byte) 9);
    refused(future, List.of("version 9", "newer"));
    Path schema = inWalMode("schema.db");
    patch(schema, 47, (byte) 7);
    refused(schema, List.of("schema format 7"));
  }

  @Test
  void aTableThatIsNotThere() throws Exception {
    Path path = inWalMode("app.db");
    refused(path, List.of("no such table: nope", "it has t"), "--table", "nope");
  }

  @Test
  void damageNamesPageAndTree() throws Exception {
    Path root = inWalMode("root.db");
    patch(root, 4096, new byte[200]);
    refused(root, List.of("table t (root page 2)", "page 2", "damaged"));
    Path leaf = inWalMode("leaf.db");
    patch(leaf, 4L * 4096, (byte) 0xee);
    refused(leaf, List.of("table t (root page 2)", "page 5", "type 238", "damaged"));
    Path schema = inWalMode("schema.db");
    patch(schema, 100, (byte) 0xee);
    refused(schema, List.of("sqlite_schema (root page 1)", "damaged"));
  }

  @Test
  void whatThisUserMayNotReadAndWrite() throws Exception {
    assumeTrue(!Files.isWritable(Path.of("/etc/passwd")) || canDrop(), "an unprivileged user");
    Path path = inWalMode("app.db");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String mode : List.of("r--r--r--", "---------")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
      refusedToNobody(path, "not readable and writable");
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    refusedToNobody(path, "not writable for this user");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void refusedToNobody(Path path, String words) throws Exception {
    Map<String, String> before = files();
    List<String> line = new ArrayList<>();
    if (Files.isWritable(Path.of("/etc/passwd"))) {
      line.addAll(AS_NOBODY);
    }
    line.addAll(CliProcess.command());
    line.addAll(List.of("cdc", path.toString()));
    try (CliProcess waltap = CliProcess.startLine(line)) {
      assertThat(waltap.exit()).as(waltap.errors()).isEqualTo(1);
      assertThat(waltap.errors()).contains(words);
    }
    assertThat(files()).isEqualTo(before);
  }

  /** Whether a process of another user can be started, and can read the program. */
  private static boolean canDrop() throws Exception {
    List<String> line = new ArrayList<>(AS_NOBODY);
    line.addAll(CliProcess.command());
    line.add("--version");
    try (CliProcess version = CliProcess.startLine(line)) {
      return version.exit() == 0;
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
