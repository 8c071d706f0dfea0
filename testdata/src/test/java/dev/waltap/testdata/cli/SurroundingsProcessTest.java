// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.io.FileNames;
import dev.waltap.sqlite.SqliteConnections;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Users, mounts, links, locks and temporary directories as they are on real machines. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class SurroundingsProcessTest {
  private static final int APPLICATION = 31002;
  private static final int OTHER = 31003;

  private TestDatabase database;

  @BeforeEach
  void create() throws Exception {
    database = TestDatabase.create();
    try (Connection connection = database.open()) {
      TestDatabase.execute(connection, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
    }
    Files.setPosixFilePermissions(
        database.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void remove() {
    database.close();
  }

  private List<String> files() throws Exception {
    try (Stream<Path> paths = Files.list(database.directory())) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static List<String> java(String... options) {
    List<String> line = new ArrayList<>(CliProcess.command());
    line.addAll(1, Arrays.asList(options));
    return line;
  }

  /** Another user, who may still read the classes of this build, wherever they are. */
  private static List<String> as(int user, int... groups) {
    List<String> line = new ArrayList<>(List.of("setpriv", "--reuid=" + user, "--regid=" + user));
    line.add(
        groups.length == 0
            ? "--clear-groups"
            : "--groups="
                + Arrays.stream(groups).mapToObj(String::valueOf).collect(Collectors.joining(",")));
    line.addAll(List.of("--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"));
    return line;
  }

  private static List<String> line(List<String> start, Object... end) {
    List<String> line = new ArrayList<>(start);
    for (Object argument : end) {
      line.add(argument.toString());
    }
    return line;
  }

  private static boolean works(String... line) {
    try {
      Process process =
          new ProcessBuilder(line)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (java.io.IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void assumeRoot() {
    assumeTrue(Files.isWritable(Path.of("/etc/passwd")) && works("setpriv", "--version"), "root");
  }

  /** One line, with these words, before or instead of the ready line. */
  private static void refuses(List<String> line, String... words) throws Exception {
    try (CliProcess waltap = CliProcess.startLine(line)) {
      assertThat(waltap.exit()).as(waltap.errors()).isEqualTo(1);
      assertThat(waltap.errors()).contains(words);
      assertThat(waltap.errors().lines()).as("one line").hasSize(1);
    }
  }

  @Test
  void warnsBeforeReadyOfAnApplicationThatUsesAHardLink() throws Exception {
    Path link = Files.createLink(database.directory().resolve("link.db"), database.path());
    try (Connection application = TestDatabase.open(link)) {
      TestDatabase.execute(application, "INSERT INTO t VALUES(1, 'elsewhere')");
      try (CliProcess waltap = CliProcess.start("cdc", database.path()).awaitReady()) {
        String before = waltap.errors().substring(0, waltap.errors().indexOf("waltap: ready"));
        assertThat(before)
            .contains("warning: ", "has 2 names (hard links)", "corrupt the database")
            .contains("process " + ProcessHandle.current().pid() + " (java)", "another -wal")
            .contains("the directory " + database.path().toRealPath().getParent());
      }
    }
  }

  @Test
  void warnsOfAnApplicationThatOpensAHardLinkLater() throws Exception {
    try (CliProcess waltap = CliProcess.start("cdc", database.path()).awaitReady()) {
      assertThat(waltap.errors()).doesNotContain("warning");
      Path link = Files.createLink(database.directory().resolve("link.db"), database.path());
      try (Connection application = TestDatabase.open(link)) {
        TestDatabase.execute(application, "SELECT * FROM t");
        waltap.awaitError("process " + ProcessHandle.current().pid() + " (java)");
      }
    }
  }

  @Test
  void saysNothingOfApplicationsThatShareTheWal() throws Exception {
    Path link = Files.createSymbolicLink(database.directory().resolve("link.db"), database.path());
    try (Connection one = TestDatabase.open(link);
        Connection two = database.open()) {
      TestDatabase.execute(one, "SELECT * FROM t");
      TestDatabase.execute(two, "INSERT INTO t VALUES(1, 1)");
      try (CliProcess waltap = CliProcess.start("cdc", link).awaitReady()) {
        TestDatabase.execute(two, "INSERT INTO t VALUES(2, 2)");
        waltap.awaitLines(1);
        assertThat(waltap.stop()).isZero();
        assertThat(waltap.errors().lines()).hasSize(1);
      }
    }
  }

  @Test
  void warnsOfADatabaseThatIsMountedWithoutItsDirectory() throws Exception {
    assumeTrue(works("unshare", "-m", "true"), "no mount namespaces");
    Path directory = Files.createDirectory(database.directory().resolve("container"));
    Path mounted = Files.createFile(directory.resolve("app.db"));
    String script = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";
    List<String> line =
        line(List.of("unshare", "-m", "sh", "-c", script, "sh"), database.path(), mounted);
    line.addAll(CliProcess.command());
    line.addAll(List.of("cdc", mounted.toString()));
    try (CliProcess waltap = CliProcess.startLine(line).awaitReady()) {
      assertThat(waltap.errors().substring(0, waltap.errors().indexOf("waltap: ready")))
          .contains("warning: ", "mounted here as a single file", "mount its directory instead");
    }
  }

  @Test
  void givesWhatSqliteMakesToTheOwnerOfTheDatabase() throws Exception {
    assumeRoot();
    Files.setAttribute(database.path(), "unix:uid", APPLICATION);
    Files.setAttribute(database.path(), "unix:gid", APPLICATION);
    Files.setPosixFilePermissions(database.path(), PosixFilePermissions.fromString("rw-r-----"));
    try (CliProcess waltap = CliProcess.start("cdc", database.path()).awaitReady()) {
      for (String suffix : List.of("-wal", "-shm")) {
        assertThat(Files.readAttributes(Path.of(database.path() + suffix), "unix:uid,gid,mode"))
            .containsEntry("uid", APPLICATION)
            .containsEntry("gid", APPLICATION)
            .containsEntry("mode", 0100640);
      }
      assertThat(waltap.stop()).isZero();
    }
  }

  @Test
  void givesWhatSqliteMakesToTheGroupOfTheDatabase() throws Exception {
    assumeRoot();
    Files.setAttribute(database.directory(), "unix:uid", APPLICATION);
    Files.setAttribute(database.path(), "unix:uid", APPLICATION);
    Files.setAttribute(database.path(), "unix:gid", OTHER);
    Files.setPosixFilePermissions(database.path(), PosixFilePermissions.fromString("rw-rw----"));
    List<String> line = line(as(APPLICATION, OTHER), java().toArray());
    try (CliProcess waltap =
        CliProcess.startLine(line(line, "cdc", database.path())).awaitReady()) {
      for (String suffix : List.of("-wal", "-shm")) {
        assertThat(Files.readAttributes(Path.of(database.path() + suffix), "unix:uid,gid,mode"))
            .containsEntry("uid", APPLICATION)
            .containsEntry("gid", OTHER)
            .containsEntry("mode", 0100660);
      }
      assertThat(waltap.stop()).isZero();
    }
  }

  @Test
  void makesNothingThatTheApplicationCouldNotOpen() throws Exception {
    assumeRoot();
    Files.setAttribute(database.path(), "unix:uid", APPLICATION);
    Files.setAttribute(database.path(), "unix:gid", OTHER);
    Files.setAttribute(database.directory(), "unix:gid", OTHER);
    Files.setPosixFilePermissions(database.path(), PosixFilePermissions.fromString("rw-rw----"));
    Files.setPosixFilePermissions(
        database.directory(), PosixFilePermissions.fromString("rwxrwxrwx"));
    List<String> before = files();
    // Of the database's group, but what it makes is of its own first group.
    List<String> line = as(31004, OTHER);
    refuses(
        line(line(line, java().toArray()), "cdc", database.path()),
        "test.db-wal",
        "made by this user (31004)",
        "the database's owner (" + APPLICATION + ")",
        "start the application first");
    assertThat(files()).isEqualTo(before);
    // Root without the right to give files away is no better.
    List<String> weak = List.of("setpriv", "--bounding-set=-chown", "--inh-caps=-all");
    Files.setPosixFilePermissions(database.path(), PosixFilePermissions.fromString("rw-------"));
    refuses(line(line(weak, java().toArray()), "cdc", database.path()), "made by this user (0)");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void saysWhatIsWrongWithTheTemporaryDirectory() throws Exception {
    Path missing = database.directory().resolve("missing");
    Path file = Files.createFile(database.directory().resolve("file"));
    for (String command : List.of("cdc", "setup", "bootstrap")) {
      refuses(
          line(java("-Djava.io.tmpdir=" + missing), command, database.path()),
          "temporary directory " + missing + " (java.io.tmpdir), which does not exist",
          "java -Djava.io.tmpdir=DIR");
    }
    refuses(
        line(java("-Djava.io.tmpdir=" + missing), "demo"),
        "temporary directory " + missing + " (java.io.tmpdir)",
        "no such file or directory",
        "java -Djava.io.tmpdir=DIR");
    refuses(
        line(java("-Dorg.sqlite.tmpdir=" + file), "cdc", database.path()),
        file + " (org.sqlite.tmpdir), which is not a directory");
  }

  @Test
  void saysThatTheTemporaryDirectoryIsMountedNoexecOrFull() throws Exception {
    assumeTrue(works("unshare", "-m", "true"), "no mount namespaces");
    Path directory = Files.createDirectory(database.directory().resolve("tmp"));
    String script = "mount -t tmpfs -o \"$1\" none \"$2\" && shift 2 && exec \"$@\"";
    List<String> shell = List.of("unshare", "-m", "sh", "-c", script, "sh");
    List<String> waltap = line(java("-Djava.io.tmpdir=" + directory), "cdc", database.path());
    refuses(
        line(line(shell, "noexec", directory), waltap.toArray()),
        directory + " (java.io.tmpdir), which is mounted noexec");
    refuses(
        line(line(shell, "size=64k", directory), waltap.toArray()),
        directory + " (java.io.tmpdir), which is full");
    refuses(
        line(line(shell, "ro", directory), waltap.toArray()),
        directory + " (java.io.tmpdir), which is on a read-only file system");
  }

  @Test
  void saysThatTheDatabaseIsOnAReadOnlyFileSystem() throws Exception {
    assumeTrue(works("unshare", "-m", "true"), "no mount namespaces");
    String script = "mount --bind -o ro \"$1\" \"$1\" && shift && exec \"$@\"";
    List<String> line =
        line(List.of("unshare", "-m", "sh", "-c", script, "sh"), database.directory());
    refuses(
        line(line(line, java().toArray()), "cdc", database.path()),
        "test.db: is on a read-only file system",
        "mount it read-write");
  }

  @Test
  void inspectsWhatIsOnAReadOnlyFileSystem() throws Exception {
    assumeTrue(works("unshare", "-m", "true"), "no mount namespaces");
    String script = "mount --bind -o ro \"$1\" \"$1\" && shift && exec \"$@\"";
    try (Connection application = database.open()) {
      TestDatabase.execute(application, "INSERT INTO t VALUES(1, 'seen')");
      List<String> line =
          line(List.of("unshare", "-m", "sh", "-c", script, "sh"), database.directory());
      line = line(line, java().toArray());
      try (CliProcess waltap = CliProcess.startLine(line(line, "inspect", database.path()))) {
        assertThat(waltap.exit()).as(waltap.errors()).isZero();
        assertThat(waltap.lines()).contains("    t INSERT id=1, v='seen'");
      }
    }
  }

  @Test
  void saysThatThereIsNoRoomForTheWalIndex() throws Exception {
    assumeTrue(works("unshare", "-m", "true"), "no mount namespaces");
    Path directory = Files.createDirectory(database.directory().resolve("full"));
    String script =
        "mount -t tmpfs -o size=24k none \"$2\" && cp \"$1\" \"$2\" && shift 2 && exec \"$@\"";
    List<String> line =
        line(List.of("unshare", "-m", "sh", "-c", script, "sh"), database.path(), directory);
    refuses(
        line(line(line, java().toArray()), "cdc", directory.resolve("test.db")),
        "test.db-shm: the file system is full",
        "free some space");
  }

  @Test
  void leavesTheStateOfAnotherDatabase() throws Exception {
    Path state = database.directory().resolve("state");
    try (TestDatabase other = TestDatabase.create();
        CliProcess setup = CliProcess.start("setup", database.path(), "--state", state)) {
      assertThat(setup.exit()).isZero();
      refuses(
          line(java(), "teardown", other.path(), "--state", state),
          "belongs to " + database.path().toRealPath(),
          "is left alone");
      refuses(
          line(java(), "status", other.path(), "--state", state),
          "belongs to " + database.path().toRealPath());
    }
    try (CliProcess own = CliProcess.start("teardown", database.path(), "--state", state)) {
      assertThat(own.exit()).as(own.errors()).isZero();
    }
    assertThat(state).doesNotExist();
  }

  /** Containers and cron have the C locale, in which Java can't name such a file by its text. */
  @Test
  void capturesANameOutsideAsciiWhateverTheLocale() throws Exception {
    String name = "d\u00e4t\u00e4 \u6570";
    Path directory = FileNames.parse(database.directory() + "/" + name);
    Files.createDirectory(directory);
    Path path = FileNames.parse(database.directory() + "/" + name + "/gr\u00f6\u00dfe.db");
    Files.copy(database.path(), path);
    // The name as a shell has it: this Java may not be able to pass it on.
    String cd = "cd \"$1\"/$(printf 'd\\303\\244t\\303\\244*') && shift && ";
    String file = "$PWD/$(printf 'gr\\303\\266\\303\\237e.db')";
    List<String> shell = List.of("sh", "-c", cd + "exec \"$@\" \"" + file + "\"", "sh");
    List<String> here = List.of("sh", "-c", cd + "exec \"$@\" gr*.db", "sh");
    for (List<String> start : List.of(shell, here)) {
      for (String locale : List.of("C", "C.UTF-8")) {
        List<String> java = line(List.of("env", "LC_ALL=" + locale), java().toArray());
        List<String> line = line(line(start, database.directory()), java.toArray());
        try (CliProcess setup = CliProcess.startLine(line(line, "setup"))) {
          assertThat(setup.exit()).as(setup.errors()).isZero();
        }
        try (CliProcess waltap = CliProcess.startLine(line(line, "cdc")).awaitReady()) {
          try (Connection application = SqliteConnections.open(path)) {
            TestDatabase.execute(application, "INSERT INTO t(v) VALUES('" + locale + "')");
          }
          assertThat(waltap.awaitLines(1)).hasSize(1).first().asString().contains(locale);
          assertThat(waltap.stop()).isZero();
          // The WAL went with the last connection: what is committed before that is found out is
          // said
          // to be a net effect.
          assertThat(waltap.errors().lines().filter(text -> !text.contains("net effect")))
              .hasSize(1);
        }
      }
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(FileNames::text))
          .containsExactlyInAnyOrder(
              FileNames.text(path), FileNames.text(FileNames.beside(path, "-waltap")));
    }
  }

  @Test
  void takesEveryCharacterOfANameForACharacter() throws Exception {
    for (String name : List.of("a? b.db", "q?mode=ro#1%20.db", ":memory:")) {
      Path path = database.directory().resolve(name);
      Files.copy(database.path(), path);
      try (CliProcess waltap =
          CliProcess.startLine(
              line(
                  List.of(
                      "sh",
                      "-c",
                      "cd \"$1\" && shift && exec \"$@\"",
                      "sh",
                      database.directory().toString()),
                  line(CliProcess.command(), "bootstrap-and-cdc", name, "--state", name + " s")
                      .toArray()))) {
        waltap.awaitReady();
        waltap.awaitLines(2);
        assertThat(files()).contains(name + "-wal", name + "-shm", name + " s");
        assertThat(waltap.stop()).isZero();
      }
      assertThat(files()).allMatch(file -> file.startsWith(name) || file.startsWith("test.db"));
      assertThat(files()).containsOnly("test.db", name, name + " s");
      Files.delete(path);
      try (CliProcess teardown = CliProcess.start("teardown", path, "--state", path + " s")) {
        assertThat(teardown.exit()).as(teardown.errors()).isZero();
      }
    }
  }
}
