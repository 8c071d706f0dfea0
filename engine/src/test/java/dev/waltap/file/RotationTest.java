// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.handler.OutputRefusedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files that are renamed, deleted, replaced or truncated while they are written to. */
@EnabledOnOs(OS.LINUX)
class RotationTest {

  @TempDir private Path directory = Path.of("");

  private final List<String> notes = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private Path file = Path.of("");
  private Path old = Path.of("");
  private FileOutput out = none();

  @SuppressWarnings("NullAway")
  private static FileOutput none() {
    return null;
  }

  @BeforeEach
  void open() throws IOException {
    file = directory.resolve("out.jsonl");
    old = directory.resolve("out.jsonl.1");
    out = FileOutput.open(OutputPath.of(file), LineFormat.JSON, notes::add, warnings::add);
    write("1\n");
    out.sync();
  }

  @AfterEach
  void close() throws IOException {
    out.close();
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void truncate() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }

  @Test
  void goesOnInANewFileAtOnceWhenAsked() throws IOException {
    Files.move(file, old);
    out.reopen();
    assertThat(file).isEmptyFile();
    write("2\n");
    out.sync();
    assertThat(Files.readString(file)).isEqualTo("2\n");
    assertThat(Files.readString(old)).isEqualTo("1\n");
    assertThat(warnings).isEmpty();
    out.reopen();
    write("3\n");
    out.sync();
    assertThat(Files.readString(file)).isEqualTo("2\n3\n");
  }

  @Test
  void noticesARenamedFileBeforeTheNextBatch() throws IOException {
    Files.move(file, old);
    write("2\n");
    out.sync();
    assertThat(Files.readString(file)).isEqualTo("2\n");
    assertThat(Files.readString(old)).isEqualTo("1\n");
    assertThat(notes).singleElement().asString().contains("was renamed");
    assertThat(warnings).isEmpty();
  }

  @Test
  void leavesABatchInTheFileThatWasRenamedUnderIt() throws IOException {
    write("2\n");
    Files.move(file, old);
    out.reopen();
    out.sync();
    assertThat(Files.readString(old)).isEqualTo("1\n2\n");
    write("3\n");
    out.sync();
    assertThat(Files.readString(file)).isEqualTo("3\n");
  }

  @Test
  void writesABatchAgainThatWentToADeletedFile() throws IOException {
    write("2\n");
    Files.delete(file);
    out.sync();
    assertThat(Files.readString(file)).isEqualTo("2\n");
    assertThat(warnings).singleElement().asString().contains("was deleted");
    Files.delete(file);
    write("3\n");
    out.sync();
    assertThat(Files.readString(file)).isEqualTo("3\n");
    assertThat(warnings).hasSize(2);
  }

  @Test
  void failsWhereADeletedFileCannotBeMadeAgain() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Path inside = folder.resolve("out");
    try (FileOutput gone = FileOutput.open(inside)) {
      gone.write('x');
      gone.flush();
      Files.delete(inside);
      Files.delete(folder);
      assertThatThrownBy(gone::sync).hasMessageContaining("stays undelivered");
      assertThatThrownBy(gone::sync).hasMessageContaining("an earlier write");
    }
  }

  @Test
  void failsWhenTooMuchToWriteAgainWentToADeletedFile() throws IOException {
    out.write(new byte[20 << 20]);
    Files.delete(file);
    assertThatThrownBy(out::sync).hasMessageContaining("was deleted while it was written to");
  }

  @Test
  void appendsAtTheNewEndOfATruncatedFile() throws IOException {
    truncate();
    write("2\n");
    out.sync();
    assertThat(Files.readString(file)).isEqualTo("2\n");
  }

  @Test
  void writesABatchAgainThatWasTruncatedAway() throws IOException {
    write("2\n{\"half");
    truncate();
    write(" a line\"}\n");
    out.sync();
    assertThat(Files.readString(file)).isEqualTo("2\n{\"half a line\"}\n");
  }

  @Test
  void refusesWhatTookTheNameMeanwhile() throws IOException {
    Files.delete(file);
    Path config = directory.resolve("config.json");
    Files.writeString(config, "{\"precious\":1}");
    Files.createSymbolicLink(file, config);
    assertThatThrownBy(out::reopen).isInstanceOf(OutputRefusedException.class);
    assertThatThrownBy(() -> write("2\n")).hasMessageContaining("does not end with a whole line");
    assertThat(config).hasContent("{\"precious\":1}");
  }

  @Test
  void takesNothingBackFromAFileThatWasReplaced() throws IOException {
    write("2\n");
    Files.move(file, old);
    Files.writeString(file, "somebody's\n");
    out.close();
    assertThat(Files.readString(old)).isEqualTo("1\n");
    assertThat(Files.readString(file)).isEqualTo("somebody's\n");
  }
}
