// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.Bytes;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.format.WalIndexHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many commits a restart may hide is bounded by time, by salt1, and by what is still there. */
class HiddenCommitsTest {
  private static final int PAGE_SIZE = 512;
  private static final long UNKNOWN = -1;
  private static final long NANOS_PER_COMMIT = 4000;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static final int OLD = 1000;
  private static final int SALT2 = 7;
  private static final int FOREIGN = 555;

  @TempDir Path directory;
  private Path path;
  private WalFile wal;

  @BeforeEach
  void open() throws Exception {
    path = Files.createFile(directory.resolve("t-wal"));
    wal = WalFile.open(path, PAGE_SIZE);
  }

  @AfterEach
  void close() throws Exception {
    wal.close();
  }

  /** Appends frames of the generation that is named by salt1. */
  private HiddenCommitsTest frames(int count, int salt1) throws IOException {
    byte[] before = Files.readAllBytes(path);
    int start = Math.max(before.length, WalHeader.SIZE);
    int frameSize = FrameHeader.SIZE + PAGE_SIZE;
    ByteBuffer file = ByteBuffer.allocate(start + count * frameSize).put(before);
    for (int i = 0; i < count; i++) {
      file.putInt(start + i * frameSize, 2);
      file.putInt(start + i * frameSize + 8, salt1);
      file.putInt(start + i * frameSize + 12, SALT2);
    }
    Files.write(path, file.array());
    return this;
  }

  private static WalIndexHeader header(int salt1, int mxFrame) {
    byte[] bytes = new byte[WalIndexHeader.SIZE];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(16, mxFrame);
    ByteBuffer.wrap(bytes).putInt(WalIndexHeader.SALTS, salt1);
    ByteBuffer.wrap(bytes).putInt(WalIndexHeader.SALTS + 4, SALT2);
    WalIndexHeader header = new WalIndexHeader();
    header.load(bytes, 0);
    return header;
  }

  private boolean mayHide(long commits, int frame, WalIndexHeader newer, long nanos) {
    WalPosition position = new WalPosition(Bytes.pair(OLD, SALT2), frame, 1, (int) commits);
    return new HiddenCommits(wal).mayHide(commits, position, newer, nanos);
  }

  /** So many may be hidden, not one more, whatever the time. */
  private void assertMost(long most, int frame, WalIndexHeader newer) {
    if (most > 0) {
      assertThat(mayHide(most, frame, newer, UNKNOWN)).as("%d commits", most).isTrue();
    }
    assertThat(mayHide(most + 1, frame, newer, UNKNOWN)).as("%d commits", most + 1).isFalse();
  }

  @Test
  void timeAloneSaysThatTooFewCanHaveBeenMade() throws Exception {
    frames(100, FOREIGN);
    WalIndexHeader newer = header(OLD + 9, 50);
    assertThat(mayHide(10, 20, newer, UNKNOWN)).isTrue();
    assertThat(mayHide(10, 20, newer, 10 * NANOS_PER_COMMIT)).isTrue();
    assertThat(mayHide(10, 20, newer, 10 * NANOS_PER_COMMIT - 1)).isFalse();
    assertThat(mayHide(1, 20, newer, 0)).isFalse();
  }

  @Test
  void timeWithoutRoomHidesNothing() throws Exception {
    frames(4, OLD + 1).frames(6, OLD);
    assertThat(mayHide(1, 10, header(OLD + 1, 4), Long.MAX_VALUE)).isFalse();
  }

  @Test
  void theNextGenerationHidesNothingWhileTheLastFrameStands() throws Exception {
    frames(4, OLD + 1).frames(6, OLD);
    assertMost(0, 10, header(OLD + 1, 4));
  }

  @Test
  void theNextGenerationMayHideWhatWasWrittenBehindThePosition() throws Exception {
    frames(5, OLD + 1).frames(3, OLD).frames(9, FOREIGN);
    assertMost(5, 3, header(OLD + 1, 5));
    assertMost(8, 0, header(OLD + 1, 5));
  }

  @Test
  void whereThePositionIsOverwrittenWhoLookedLatelyBelievesTheCount() throws Exception {
    frames(20, OLD + 1);
    assertThat(mayHide(5, 10, header(OLD + 1, 20), SECOND - 1)).isFalse();
    assertThat(mayHide(5, 10, header(OLD + 1, 20), SECOND)).isTrue();
    assertThat(mayHide(5, 10, header(FOREIGN, 20), SECOND - 1)).isFalse();
    assertThat(mayHide(5, 10, header(FOREIGN, 20), SECOND)).isTrue();
  }

  @Test
  void generationsInBetweenAreNeverBelieved() throws Exception {
    frames(20, OLD + 2);
    assertThat(mayHide(5, 10, header(OLD + 2, 20), SECOND / 2)).isTrue();
  }

  @Test
  void whereTheFileIsEmptyWhoLookedLatelyBelievesADrawnSalt() {
    assertThat(mayHide(5, 10, header(FOREIGN, 1), SECOND - 1)).isFalse();
    assertThat(mayHide(5, 10, header(FOREIGN, 1), SECOND)).isTrue();
    assertThat(mayHide(5, 10, header(OLD + 2, 1), SECOND - 1)).isTrue();
  }

  @Test
  void aSalt1ThatWrapsAroundIsTheNextOne() throws Exception {
    frames(4, 0).frames(6, -1);
    WalPosition position = new WalPosition(Bytes.pair(-1, SALT2), 10, 1, 1);
    assertThat(new HiddenCommits(wal).mayHide(1, position, header(0, 4), UNKNOWN)).isFalse();
  }

  @Test
  void aGenerationInBetweenMayHideWhatIsNotOldAnyMore() throws Exception {
    frames(2, OLD + 2).frames(3, OLD + 1).frames(5, OLD);
    assertMost(5, 10, header(OLD + 2, 2));
  }

  @Test
  void severalGenerationsInBetweenMayHideAsMuchEach() throws Exception {
    frames(2, OLD + 4).frames(3, OLD + 1).frames(5, OLD);
    assertMost(3 * 5, 10, header(OLD + 4, 2));
  }

  @Test
  void generationsInBetweenMayHaveFilledTheFileWhereThePositionIsOverwritten() throws Exception {
    frames(12, OLD + 3).frames(8, FOREIGN);
    assertMost(2 * 20 + 10, 10, header(OLD + 3, 12));
  }

  @Test
  void framesSpilledOverThePositionCountAsWritten() throws Exception {
    frames(14, OLD + 2).frames(2, FOREIGN);
    assertMost(14 + 4, 10, header(OLD + 2, 3));
  }

  @Test
  void aDrawnSaltMayHideOneGeneration() throws Exception {
    frames(4, FOREIGN).frames(6, OLD);
    assertMost(4, 10, header(FOREIGN, 4)); // Drawn: it is less than the old one.
  }

  @Test
  void aJumpTooFarToCountWasDrawn() throws Exception {
    int counted = 1 << 16;
    frames(4, FOREIGN).frames(6, OLD);
    assertMost(4L * (counted - 1), 10, header(OLD + counted, 4));
    assertMost(4, 10, header(OLD + counted + 1, 4));
  }

  @Test
  void aSaltDrawnByTheFirstFrameOfAnEmptyGenerationHidesNothing() throws Exception {
    frames(30, FOREIGN);
    assertMost(0, 0, header(FOREIGN, 30));
  }

  @Test
  void aTruncatedFileProvesNothingButByTheNextSalt() throws Exception {
    frames(5, FOREIGN);
    assertMost(0, 10, header(OLD + 1, 5));
    assertThat(mayHide(Long.MAX_VALUE, 10, header(OLD + 2, 5), UNKNOWN)).isTrue();
    assertThat(mayHide(Long.MAX_VALUE, 10, header(FOREIGN, 5), UNKNOWN)).isTrue();
    assertThat(mayHide(10, 10, header(FOREIGN, 5), 9 * NANOS_PER_COMMIT)).isFalse();
  }
}
