// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In whatever locale the tests run. */
@EnabledOnOs(OS.LINUX)
class FileNamesTest {

  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.db",
        "a? b#c%20.db",
        "gr\u00f6\u00dfe \u6570\ud83d\udce6.db",
        "file:x",
        "-x",
        "\\ \n"
      })
  void keepsNamesOfAllKinds(String name) throws Exception {
    Path file = FileNames.parse(directory + "/" + name);
    Files.writeString(file, "here");
    Path wal = FileNames.beside(file, "-wal");
    Files.writeString(wal, "log");
    assertThat(FileNames.text(wal)).isEqualTo(FileNames.text(directory) + "/" + name + "-wal");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(FileNames::text))
          .containsExactlyInAnyOrder(FileNames.text(file), FileNames.text(wal));
    }
    try (RandomAccessFile opened = FileNames.open(wal)) {
      assertThat(opened.readLine()).isEqualTo("log");
    }
    assertThat(FileNames.parse(FileNames.text(file))).isEqualTo(file);
  }

  /** As an archive of an old system leaves them. */
  @Test
  void keepsANameThatIsNotUtf8() throws Exception {
    Path file = Path.of(URI.create(directory.toUri() + "gr%F6%DFe.db"));
    Files.writeString(file, "here");
    Path wal = FileNames.beside(file, "-wal");
    assertThat(wal.toUri().getRawPath()).endsWith("/gr%F6%DFe.db-wal");
    try (RandomAccessFile opened = FileNames.open(file)) {
      assertThat(opened.readLine()).isEqualTo("here");
    }
    assertThat(FileNames.text(wal)).endsWith("e.db-wal");
  }

  @Test
  void findsARelativeNameInTheCurrentDirectory() throws Exception {
    Path file = FileNames.parse("gr\u00f6\u00dfe.db").toAbsolutePath();
    assertThat(FileNames.text(file))
        .isEqualTo(FileNames.text(Path.of("").toRealPath()) + "/gr\u00f6\u00dfe.db");
    assertThatThrownBy(() -> FileNames.parse("a\0b")).isInstanceOf(InvalidPathException.class);
  }
}
