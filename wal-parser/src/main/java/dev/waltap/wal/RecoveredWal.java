// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.io.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is committed in a WAL that has no usable -shm beside it, such as a copied pair of files: all
 * up to the last commit frame of the longest prefix whose salts and cumulative checksums hold. That
 * is what SQLite's own recovery makes of it ({@code walIndexRecover()} of wal.c).
 *
 * <p>For a live database this is not the commit horizon: a commit frame may be in the file that
 * never was published. Ask {@link WalIndex} there.
 *
 * @param header of the file
 * @param lastCommit the last commit frame, 0 for none
 * @param databaseSize in pages as of that frame, 0 for none
 * @param commits how many commit frames there are, padding included
 * @param lastChained the last frame of the prefix, which need not commit anything
 * @param end why it is the last
 */
public record RecoveredWal(
    WalHeader header,
    int lastCommit,
    int databaseSize,
    int commits,
    int lastChained,
    ChainEnd end) {

  /** Reads a whole WAL; empty if the file is missing or has no whole header, so holds nothing. */
  public static Optional<RecoveredWal> read(Path path) throws IOException {
    try (LogFile file = new LogFile(path)) {
      byte[] bytes = new byte[WalHeader.SIZE];
      if (!file.copy(0, bytes, 0, bytes.length) || !WalHeader.isWhole(bytes)) {
        return Optional.empty();
      }
      WalHeader header = WalHeader.parse(bytes);
      RecoveredWal found = read(new WalFile(file, header.pageSize()), header);
      long next = FrameHeader.offset(found.lastChained + 1, header.pageSize());
      boolean cutOff = found.end == ChainEnd.END_OF_FILE && file.size() > next;
      return Optional.of(cutOff ? found.endingIn(ChainEnd.CUT_OFF) : found);
    }
  }

  private static RecoveredWal read(WalFile wal, WalHeader header) {
    byte[] frameHeader = new byte[FrameHeader.SIZE];
    byte[] page = new byte[header.pageSize()];
    ChecksumChain chain = new ChecksumChain(wal);
    chain.start(header.salts(), header.checksum(), header.bigEndianChecksums());
    int lastCommit = 0;
    int databaseSize = 0;
    int commits = 0;
    int frame = 1;
    wal.readAhead(wal.capacity());
    for (; chain.next(frame, frameHeader, page); frame++) {
      int size = FrameHeader.commitSize(frameHeader);
      if (size != 0) {
        lastCommit = frame;
        databaseSize = size;
        commits++;
      }
    }
    return new RecoveredWal(header, lastCommit, databaseSize, commits, frame - 1, chain.end());
  }

  private RecoveredWal endingIn(ChainEnd other) {
    return new RecoveredWal(header, lastCommit, databaseSize, commits, lastChained, other);
  }

  /**
   * Whether the prefix ends because the next frame has neither salts nor a checksum: there may be
   * commits from there on, which a recovery loses.
   */
  public boolean endsAtBareFrame() {
    return end == ChainEnd.BARE;
  }
}
