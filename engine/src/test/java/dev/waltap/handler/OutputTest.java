package dev.waltap.handler;

import static dev.waltap.handler.Changes.insert;
import static dev.waltap.handler.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {

  @TempDir private Path directory = Path.of("");

  @Test
  void writesLinesAndFlushesOncePerBatch() throws IOException {
    int[] flushes = {0};
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            flushes[0]++;
          }
        };
    List<Change> batch = List.of(insert(row("id", 1L)), insert(row("id", 2L)));
    new JsonLinesHandler(out, BlobFormat.HEX).handleChanges(batch);
    assertThat(out.toString(StandardCharsets.UTF_8)).matches("(\\{\"table\":[^\\n]*\\}\\n){2}");
    assertThat(flushes[0]).isEqualTo(1);
    out.reset();
    new TextHandler(out).handleChanges(batch);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("2026-11-22T10:00:00.123456Z: users INSERT\n".repeat(2));
    assertThat(flushes[0]).isEqualTo(2);
  }

  @Test
  void keepsNamesOnTheirLine() {
    assertThat(Texts.oneLine("a\nb\uD800")).isEqualTo("a\\u000Ab\uFFFD");
  }

  @Test
  void appendsAndCutsATornLastLine() throws IOException {
    Path file = directory.resolve("out.jsonl");
    write(file, "one\n");
    assertThat(file).hasContent("one\n");
    Files.writeString(file, "one\ntwo\n{\"torn");
    write(file, "three\n");
    assertThat(Files.readString(file)).isEqualTo("one\ntwo\nthree\n");
    Files.writeString(file, "x".repeat(20_000));
    write(file, "four\n");
    assertThat(Files.readString(file)).isEqualTo("four\n");
    Files.writeString(file, "a\n" + "x".repeat(20_000));
    write(file, "");
    assertThat(Files.readString(file)).isEqualTo("a\n");
    assertThat(directory.toFile().list()).containsExactly("out.jsonl");
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
  void refusesWhatIsNoOutputFile() throws IOException {
    assertThatThrownBy(() -> FileOutput.open(directory)).hasMessageContaining("is a directory");
    assertThatThrownBy(() -> FileOutput.open(directory.resolve("no/file")))
        .hasMessageContaining("does not exist");
    assertThat(directory.resolve("no")).doesNotExist();
    Path database = directory.resolve("a.db");
    Files.writeString(database, "SQLite format 3\0and more");
    assertThatThrownBy(() -> FileOutput.open(database)).hasMessageContaining("SQLite database");
    assertThat(Files.readString(database)).isEqualTo("SQLite format 3\0and more");
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
  void writesToDevices() throws IOException {
    write(Path.of("/dev/null"), "gone\n");
    try (FileOutput full = FileOutput.open(Path.of("/dev/full"))) {
      full.write('x');
      assertThatThrownBy(full::flush).hasMessageContaining("cannot write to /dev/full");
    }
  }

  @Test
  void tellsAClosedPipeFromAFullDisk() {
    assertThatThrownBy(() -> failing("whatever the locale says", true))
        .isInstanceOf(ClosedPipeException.class);
    assertThatThrownBy(() -> failing("Broken pipe", false)).isInstanceOf(ClosedPipeException.class);
    assertThatThrownBy(() -> failing("No space left on device", false))
        .isNotInstanceOf(ClosedPipeException.class)
        .hasMessageContaining("No space left");
  }

  private static void failing(String message, boolean pipe) throws IOException {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(message);
          }
        };
    new JsonLinesHandler(new StandardOutput(broken, pipe), BlobFormat.HEX)
        .handleChanges(List.of(insert(row("id", 1L))));
  }

  private static void write(Path file, String text) throws IOException {
    try (FileOutput out = FileOutput.open(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.sync();
    }
  }
}
