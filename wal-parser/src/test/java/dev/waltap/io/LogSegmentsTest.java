// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSegmentsTest {

  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;
  private static final int FRAME = 24 + 4096;

  @TempDir Path directory;

  private final byte[] got = new byte[MIB];
  private Path path;
  private RandomAccessFile file;
  private LogSegments segments;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(MappedCopies.MAPS, "nothing is mapped by this JVM");
    path = directory.toRealPath().resolve("w");
    file = new RandomAccessFile(path.toFile(), "rw");
    segments = new LogSegments(LogSegments.SEGMENT);
  }

  @AfterEach
  void close() throws IOException {
    if (file != null) {
      segments.close();
      file.close();
    }
  }

  @Test
  void mapsAGrowingFileInSteps() throws IOException {
    int mappings = 0;
    long mapped = 0;
    for (int size = 4 * KIB; size <= 16 * MIB; size += 4 * KIB) {
      file.setLength(size);
      segments.begin(file, Long.MAX_VALUE);
      if (segments.mapped() != mapped) {
        mapped = segments.mapped();
        mappings++;
      }
      assertThat(size - mapped).isLessThanOrEqualTo(Math.max(64 * KIB, size / 8));
    }
    assertThat(mappings).isBetween(20, 50);
    assertThat(segments.count()).isEqualTo(1);
    assertThat(mappingsOf(path)).isEqualTo(1);
  }

  @Test
  void mapsASmallRestOnceItWasAskedForOften() throws IOException {
    write(MIB, 1);
    segments.begin(file, Long.MAX_VALUE);
    byte[] more = write(MIB + 64 * KIB, 2);
    segments.begin(file, Long.MAX_VALUE);
    assertThat(segments.mapped()).isEqualTo(MIB);
    assertThat(segments.copy(MIB - 8, got, 0, 16)).isEqualTo(8);
    assertThat(Arrays.copyOf(got, 8)).isEqualTo(Arrays.copyOfRange(more, MIB - 8, MIB));
    for (int i = 0; i < 32; i++) {
      assertThat(segments.copy(MIB, got, 0, 4 * KIB)).isZero();
    }
    segments.begin(file, Long.MAX_VALUE);
    assertThat(segments.mapped()).isEqualTo(MIB + 64 * KIB);
    assertThat(segments.copy(MIB, got, 0, 4 * KIB)).isEqualTo(4 * KIB);
    assertThat(Arrays.copyOf(got, 4 * KIB)).isEqualTo(Arrays.copyOfRange(more, MIB, MIB + 4 * KIB));
  }

  @Test
  void copiesFramesThatLieAcrossSegments() throws IOException {
    byte[] all = write(MIB, 3);
    segments = new LogSegments(64 * KIB);
    segments.begin(file, Long.MAX_VALUE);
    assertThat(segments.count()).isEqualTo(16);
    for (int at = 32; at + FRAME <= MIB; at += FRAME) {
      assertThat(segments.copy(at, got, 8, FRAME)).isEqualTo(FRAME);
      assertThat(Arrays.copyOfRange(got, 8, 8 + FRAME))
          .isEqualTo(Arrays.copyOfRange(all, at, at + FRAME));
    }
    assertThat(segments.copy(0, got, 0, MIB)).isEqualTo(MIB);
    assertThat(got).isEqualTo(all);
  }

  @Test
  void growsFromSegmentToSegment() throws IOException {
    segments = new LogSegments(256 * KIB);
    for (int size = 0; size <= MIB; size += FRAME) {
      byte[] all = write(size, 4);
      segments.begin(file, Long.MAX_VALUE);
      int mapped = (int) segments.mapped();
      assertThat(segments.copy(0, got, 0, size)).isEqualTo(mapped);
      assertThat(Arrays.mismatch(got, 0, mapped, all, 0, mapped)).isNegative();
    }
    assertThat(segments.count()).isEqualTo(4);
    assertThat(mappingsOf(path)).isBetween(1L, 4L); // The kernel may join neighbours.
  }

  @Test
  void copiesOnlyWhatWasAllowed() throws IOException {
    write(MIB, 5);
    segments.begin(file, 100 * KIB);
    assertThat(segments.copy(96 * KIB, got, 0, 8 * KIB)).isEqualTo(4 * KIB);
    segments.begin(file, 0);
    assertThat(segments.copy(0, got, 0, 8)).isZero();
  }

  @Test
  void aTruncationInMidPassEndsTheUseOfTheMapping() throws IOException {
    write(MIB, 6);
    segments.begin(file, Long.MAX_VALUE);
    file.setLength(64 * KIB);
    assertThat(segments.copy(512 * KIB, got, 0, FRAME)).isZero();
    assertThat(segments.copy(0, got, 0, FRAME)).isZero();
    segments.begin(file, Long.MAX_VALUE);
    assertThat(segments.copy(60 * KIB, got, 0, 8 * KIB)).isEqualTo(4 * KIB);
  }

  @Test
  void theSameMappingServesAFileThatGrowsAgain() throws IOException {
    write(MIB, 7);
    segments.begin(file, Long.MAX_VALUE);
    file.setLength(0);
    segments.begin(file, Long.MAX_VALUE);
    assertThat(segments.copy(0, got, 0, 8)).isZero();
    byte[] again = write(128 * KIB, 8);
    segments.begin(file, Long.MAX_VALUE);
    assertThat(segments.copy(0, got, 0, MIB)).isEqualTo(128 * KIB);
    assertThat(Arrays.copyOf(got, 128 * KIB)).isEqualTo(again);
    assertThat(segments.mapped()).isEqualTo(MIB);
  }

  @Test
  void aLogFileLeavesNothingMapped() throws IOException {
    try (LogFile log = new LogFile(path, 64 * KIB)) {
      write(MIB, 9);
      log.readAhead(Long.MAX_VALUE, true);
      assertThat(mappingsOf(path)).isPositive();
      Path old = directory.toRealPath().resolve("old");
      Files.move(path, old);
      assertThat(log.copy(0, got, 0, 8)).isTrue();
      assertThat(log.follow()).isTrue();
      assertThat(mappingsOf(old)).isZero();
      Files.write(path, new byte[128 * KIB]);
      assertThat(log.follow()).isTrue();
      log.readAhead(Long.MAX_VALUE, true);
      assertThat(log.copy(64 * KIB - 8, got, 0, 16)).isTrue();
      assertThat(mappingsOf(path)).isPositive();
    }
    assertThat(mappingsOf(path)).isZero();
  }

  private byte[] write(int size, int seed) throws IOException {
    byte[] all = new byte[size];
    new Random(seed).nextBytes(all);
    file.seek(0);
    file.write(all);
    return all;
  }

  private static long mappingsOf(Path path) throws IOException {
    Path maps = Path.of("/proc/self/maps");
    assumeTrue(Files.exists(maps), "the kernel does not show what is mapped");
    try (Stream<String> lines = Files.lines(maps)) {
      return lines.filter(line -> line.endsWith(" " + path)).count();
    }
  }
}
