// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.handler.OutputRefusedException;
import dev.waltap.json.BlobFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What an output does to a file that is there already, and to its own when a write fails. */
class FileOutputTest {

  @TempDir private Path directory = Path.of("");

  private static String event() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new JsonLinesHandler(out, BlobFormat.HEX).handleChanges(List.of(insert(row("id", 1L))));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void write(Path file, LineFormat format, String text) throws IOException {
    try (FileOutput out = FileOutput.open(OutputPath.of(file), format, note -> {}, warning -> {})) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.sync();
    }
  }

  private static void write(Path file, String text) throws IOException {
    write(file, LineFormat.JSON, text);
  }

  private void refuses(byte[] content, String because) throws IOException {
    Path file = directory.resolve("file");
    Files.write(file, content);
    for (LineFormat format : LineFormat.values()) {
      assertThatThrownBy(() -> write(file, format, "event\n"))
          .isInstanceOf(OutputRefusedException.class)
          .hasMessageContaining(because);
      assertThat(file).hasBinaryContent(content);
    }
    Files.delete(file);
  }

  private void refuses(String content, String because) throws IOException {
    refuses(content.getBytes(StandardCharsets.ISO_8859_1), because);
  }

  @Test
  void appendsToWholeLines() throws IOException {
    Path file = directory.resolve("out.jsonl");
    write(file, "one\n");
    write(file, "two\n");
    assertThat(Files.readString(file)).isEqualTo("one\ntwo\n");
    assertThat(directory.toFile().list()).containsExactly("out.jsonl");
  }

  @Test
  void cutsATornEventWhereverItBrokeOff() throws IOException {
    Path file = directory.resolve("out.jsonl");
    String event = event();
    for (int length = 0; length < event.length(); length++) {
      Files.writeString(file, event + event.substring(0, length));
      write(file, event);
      assertThat(Files.readString(file)).isEqualTo(event + event);
    }
    // Alone in its file it has to be long enough to be known.
    Files.writeString(file, event.substring(0, event.length() - 1));
    write(file, event);
    assertThat(Files.readString(file)).isEqualTo(event);
    Files.writeString(file, event + "{\"table\":\"" + "x".repeat(20_000));
    write(file, "");
    assertThat(Files.readString(file)).isEqualTo(event);
  }

  @Test
  void cutsATornLineOfText() throws IOException {
    Path file = directory.resolve("out.txt");
    String line = "2026-11-22T10:00:00.123456Z: users INSERT\n";
    for (int length = 0; length < line.length(); length++) {
      Files.writeString(file, "before\n" + line + line.substring(0, length));
      write(file, LineFormat.TEXT, line);
      assertThat(Files.readString(file)).isEqualTo("before\n" + line + line);
    }
  }

  @Test
  void refusesToCutWhatIsNotItsOwn() throws IOException {
    String because = "does not end with a whole line";
    refuses("{\"apiKey\":\"precious\",\"endpoint\":\"https://x\"}", because);
    refuses("{\"table\":\"users\",\"rows\":[1,2]}", because);
    refuses("{\"table\":\"users\",\"timestamp\":\"2026-11-22\",\"x\":1}", because);
    refuses("{", because);
    refuses("2", because);
    refuses("2026-11-22T10:00:00 started", because);
    refuses("some notes\nand more", because);
    refuses("x".repeat(20_000), because);
    refuses(event() + "x", because);
    refuses(event() + "\r", because);
  }

  @Test
  void refusesFilesThatAreNoText() throws IOException {
    byte[] photo = new byte[100_000];
    new Random(1).nextBytes(photo);
    refuses(photo, "a binary file");
    photo[photo.length - 1] = '\n';
    refuses(photo, "a binary file");
    refuses("\0".repeat(4096), "a binary file");
    refuses("SQLite format 3\0and more\n", "SQLite database");
    refuses("7\177\006\202 a log\n", "SQLite database");
    refuses("7\177\006\203 a log\n", "SQLite database");
    refuses("\331\325\005\371 \241c\327 a journal\n", "SQLite database");
    refuses("\030\342-\0 a wal-index\n", "SQLite database");
  }

  @Test
  void refusesNamesOfSqlitesAndWhateverLeadsToThem() throws IOException {
    for (String suffix : List.of("-wal", "-shm", "-journal", "-mj12345678")) {
      Path other = directory.resolve("other.db" + suffix);
      assertThatThrownBy(() -> write(other, "x\n"))
          .hasMessageContaining("name of a log or journal");
      assertThat(other).doesNotExist();
      Path link = Files.createSymbolicLink(directory.resolve("link" + suffix + ".jsonl"), other);
      assertThatThrownBy(() -> write(link, "x\n")).hasMessageContaining("name of a log or journal");
      assertThat(other).doesNotExist();
    }
  }

  @Test
  void refusesTheDatabaseByEveryName() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path database = Files.createFile(real.resolve("data.db"));
    Path linkedDatabase = Files.createSymbolicLink(directory.resolve("link.db"), database);
    Path linkedDirectory = Files.createSymbolicLink(directory.resolve("linked"), real);
    Path state = Files.createDirectory(directory.resolve("state"));
    for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
      Path file = real.resolve("data.db" + suffix);
      if (!Files.exists(file)) {
        Files.createFile(file);
      }
      Path hard = Files.createLink(directory.resolve("hard" + suffix + ".jsonl"), file);
      Path soft = Files.createSymbolicLink(directory.resolve("soft" + suffix + ".jsonl"), hard);
      for (Path name :
          List.of(file, hard, soft, linkedDirectory.resolve(file.getFileName().toString()))) {
        OutputPath path = OutputPath.beside(name, linkedDatabase, state);
        assertThatThrownBy(path::resolve).hasMessageContaining("the database itself");
      }
    }
    Path within = Files.createSymbolicLink(directory.resolve("in"), state).resolve("out.jsonl");
    assertThatThrownBy(() -> OutputPath.beside(within, database, state).resolve())
        .hasMessageContaining("in the state directory");
    Path beside = directory.resolve("out.jsonl");
    assertThat(OutputPath.beside(beside, database, state).resolve())
        .isEqualTo(directory.toRealPath().resolve("out.jsonl"));
  }

  @Test
  void refusesADirectoryAndAMissingOne() {
    assertThatThrownBy(() -> FileOutput.open(directory)).hasMessageContaining("is a directory");
    assertThatThrownBy(() -> FileOutput.open(directory.resolve("no/file")))
        .hasMessageContaining("does not exist");
    assertThat(directory.resolve("no")).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void saysWhatToDoAboutAFileThatCannotBeMade() {
    Path tooLong = directory.resolve("x".repeat(300));
    assertThatThrownBy(() -> FileOutput.open(tooLong))
        .hasMessage(
            "cannot make "
                + tooLong
                + ": File name too long: name another file, or put that right");
    // Nobody may make files there, unless it can't be written to at all.
    assertThatThrownBy(() -> FileOutput.open(Path.of("/sys/waltap.jsonl")))
        .hasMessageMatching(
            "cannot make /sys/waltap.jsonl: (this user may not: name another file, or grant access"
                + "|Read-only file system: name another file, or put that right)");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void makesFilesForTheirOwnerOnlyAndLeavesOthersAsTheyAre() throws IOException {
    Path file = directory.resolve("out");
    write(file, "one\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    write(file, "two\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
    Path target = directory.resolve("target");
    write(Files.createSymbolicLink(directory.resolve("dangling"), target), "three\n");
    assertThat(target).hasContent("three\n");
  }

  @Test
  void takesBackWhatWasNotSynced() throws IOException {
    Path file = directory.resolve("out");
    try (FileOutput out = FileOutput.open(file)) {
      out.write("one\n".getBytes(StandardCharsets.UTF_8));
      out.sync();
      out.write(new byte[100_000]);
      out.flush();
      assertThat(Files.size(file)).isGreaterThan(4);
      out.write('x');
    }
    assertThat(Files.readString(file)).isEqualTo("one\n");
  }

  @Test
  void hasOneWriterAtATime() throws IOException {
    Path file = directory.resolve("out");
    try (FileOutput first = FileOutput.open(file)) {
      first.flush();
      assertThatThrownBy(() -> FileOutput.open(file)).hasMessageContaining("another capture");
    }
    write(file, "free\n");
    assertThat(file).hasContent("free\n");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void writesToDevices() throws IOException {
    write(Path.of("/dev/null"), "gone\n");
    try (FileOutput full = FileOutput.open(Path.of("/dev/full"))) {
      full.write('x');
      assertThatThrownBy(full::flush).hasMessageContaining("cannot write to /dev/full");
    }
  }
}
