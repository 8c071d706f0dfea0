// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogFileTest {

  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  @Test
  void readsAFileThatGrows() throws IOException {
    Path path = directory.resolve("w");
    byte[] all = new byte[5 * MIB];
    new Random(1).nextBytes(all);
    byte[] got = new byte[4096];
    try (LogFile file = new LogFile(path);
        RandomAccessFile writer = new RandomAccessFile(path.toFile(), "rw")) {
      assertThat(file.copy(0, got, 0, 8)).isFalse();
      assertThat(file.follow()).isTrue();
      for (int at = 0; at < all.length; at += got.length) {
        file.readAhead(Long.MAX_VALUE, true);
        assertThat(file.copy(at, got, 0, got.length)).isFalse();
        writer.write(all, at, got.length);
        assertThat(file.copy(at, got, 0, got.length)).isTrue();
        assertThat(got).isEqualTo(Arrays.copyOfRange(all, at, at + got.length));
      }
      assertThat(file.size()).isEqualTo(all.length);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTruncatedFileIsNoError(boolean mapped) throws IOException {
    Path path = Files.write(directory.resolve("w"), new byte[3 * MIB]);
    byte[] got = new byte[MIB];
    try (LogFile file = new LogFile(path);
        RandomAccessFile writer = new RandomAccessFile(path.toFile(), "rw")) {
      file.readAhead(mapped ? Long.MAX_VALUE : 0, false);
      assertThat(file.copy(0, got, 0, MIB)).isTrue();
      assertThat(file.copy(MIB, got, 0, MIB)).isTrue();
      writer.setLength(8192);
      assertThat(file.copy(MIB, got, 0, 4096)).isFalse();
      assertThat(file.copy(MIB, got, 0, 4096)).isFalse();
      assertThat(file.copy(0, got, 0, 8192)).isTrue();
      writer.setLength(3 * MIB);
      assertThat(file.copy(MIB, got, 0, MIB)).isTrue();
    }
  }

  @Test
  void copiesPastTwoGibibytesAndAcrossBlocksAndSegments() throws IOException {
    Path path = directory.resolve("w");
    long segment = 32 << 10;
    try (RandomAccessFile writer = new RandomAccessFile(path.toFile(), "rw");
        LogFile file = new LogFile(path)) {
      writer.setLength((3L << 30) + 8);
      writer.seek(segment - 8);
      writer.writeLong(1);
      writer.writeLong(2);
      writer.seek((1L << 30) - 8);
      writer.writeLong(4);
      writer.writeLong(5);
      writer.seek(3L << 30);
      writer.writeLong(3);
      byte[] got = new byte[MIB];
      assertThat(file.copy(0, got, 0, MIB)).isTrue();
      file.readAhead(4L << 30, true);
      assertThat(file.copy(segment - 8, got, 0, 8)).isTrue();
      assertThat(file.copy(segment - 8, got, 0, 16)).isTrue();
      assertThat(got[7]).isEqualTo((byte) 1);
      assertThat(got[15]).isEqualTo((byte) 2);
      assertThat(file.copy((1L << 30) - 8, got, 0, 16)).isTrue();
      assertThat(got[7]).isEqualTo((byte) 4);
      assertThat(got[15]).isEqualTo((byte) 5);
      assertThat(file.copy(3L << 30, got, 0, 8)).isTrue();
      assertThat(got[7]).isEqualTo((byte) 3);
      assertThat(file.copy((3L << 30) + 8, got, 0, 8)).isFalse();
    }
  }

  @Test
  void goesToTheFileThatReplacedIt() throws IOException {
    Path path = Files.write(directory.resolve("w"), new byte[] {1, 1, 1, 1, 1, 1, 1, 1});
    byte[] got = new byte[8];
    try (LogFile file = new LogFile(path)) {
      assertThat(file.follow()).isFalse();
      Files.delete(path);
      assertThat(file.copy(0, got, 0, 8)).isTrue();
      assertThat(file.follow()).isTrue();
      assertThat(file.copy(0, got, 0, 8)).isFalse();
      assertThat(file.size()).isZero();
      Files.write(path, new byte[] {2, 2, 2, 2, 2, 2, 2, 2});
      assertThat(file.follow()).isTrue();
      assertThat(file.copy(0, got, 0, 8)).isTrue();
      assertThat(got[0]).isEqualTo((byte) 2);
    }
  }
}
