// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class QuietFileTest {
  @TempDir private Path directory = Path.of("");
  private Path database = Path.of("");

  @BeforeEach
  void make() throws IOException {
    database = Files.write(directory.resolve("a.db"), new byte[4096]);
  }

  private Path beside(String suffix, int size) throws IOException {
    return Files.write(directory.resolve("a.db" + suffix), new byte[size]);
  }

  private QuietFile quiet() {
    return Objects.requireNonNull(QuietFile.await(database));
  }

  @Test
  void aFileThatWasJustWrittenIsWaitedForUntilAWriteWouldShow() throws IOException {
    for (int i = 0; i < 20; i++) {
      Files.write(database, new byte[4096]);
      QuietFile file = quiet();
      Files.write(database, new byte[1], StandardOpenOption.WRITE);
      assertThat(file.isUnchanged()).isFalse();
    }
  }

  @Test
  void aFileThatNobodyWritesToIsUnchanged() {
    assertThat(quiet().isUnchanged()).isTrue();
  }

  @Test
  void aLogWithAFrameIsMoreThanTheFile() throws IOException {
    beside("-wal", 32 + 24 + 4096);
    assertThat(QuietFile.await(database)).isNull();
  }

  @Test
  void aLogWithoutAFrameIsNothing() throws IOException {
    beside("-wal", 32);
    assertThat(quiet().isUnchanged()).isTrue();
  }

  @Test
  void aLogThatCameMeanwhileIsAChange() throws IOException {
    QuietFile file = quiet();
    beside("-wal", 32 + 24 + 4096);
    assertThat(file.isUnchanged()).isFalse();
  }

  @Test
  void aRollbackJournalMayHaveToBePlayedBack() throws IOException {
    QuietFile file = quiet();
    beside("-journal", 512);
    assertThat(file.isUnchanged()).isFalse();
  }

  @Test
  void thereIsNoneWhereThereIsNoFile() throws IOException {
    Files.delete(database);
    assertThat(QuietFile.await(database)).isNull();
  }
}
