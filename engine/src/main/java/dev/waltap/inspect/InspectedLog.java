// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.DatabaseFile;
import dev.waltap.io.FileNames;
import dev.waltap.io.SharedMemory;
import dev.waltap.wal.ChainEnd;
import dev.waltap.wal.CommittedRange;
import dev.waltap.wal.RecoveredWal;
import dev.waltap.wal.WalFile;
import dev.waltap.wal.WalIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a WAL holds that is only looked at: no connection, no lock, nothing written. Its commit
 * horizon is the wal-index's where there is one that fits, else what SQLite's recovery would find.
 * For one thread, which closes it.
 */
final class InspectedLog implements AutoCloseable {
  private final WalFile wal;
  private final @Nullable SharedMemory memory;
  private final @Nullable WalIndex index;
  private final WalIndexHeader published;
  private final WalHeader header;
  private final CommittedRange range;
  private final int backfillAttempted;
  private final byte[] frameHeader = new byte[FrameHeader.SIZE];

  private InspectedLog(
      WalFile wal,
      @Nullable SharedMemory memory,
      @Nullable WalIndex index,
      WalIndexHeader published,
      WalHeader header,
      CommittedRange range,
      int backfillAttempted) {
    this.wal = wal;
    this.memory = memory;
    this.index = index;
    this.published = published;
    this.header = header;
    this.range = range;
    this.backfillAttempted = backfillAttempted;
  }

  /** Opens it; null if there is no WAL, or one that holds nothing. */
  static @Nullable InspectedLog open(Path database, int pageSize) throws IOException {
    Path path = FileNames.beside(database, "-wal");
    WalFile wal = WalFile.open(path, pageSize);
    byte[] bytes = new byte[WalHeader.SIZE];
    if (!wal.header(bytes) || !WalHeader.isWhole(bytes)) {
      wal.close();
      return null;
    }
    WalHeader header = WalHeader.parse(bytes);
    if (header.pageSize() != pageSize) {
      wal.close();
      throw new CaptureException(
          Reason.REFUSED,
          FileNames.text(path)
              + ": has pages of "
              + header.pageSize()
              + " bytes, the database of "
              + pageSize
              + ", so they are not of one database, or of different times: copy both files again,"
              + " at once");
    }
    CommittedRange range = new CommittedRange(wal);
    WalIndexHeader published = new WalIndexHeader();
    SharedMemory memory = sharedMemory(FileNames.beside(database, "-shm"));
    if (memory != null) {
      WalIndex index = new WalIndex(memory);
      CheckpointInfo info = new CheckpointInfo();
      if (index.read(published, info)
          && published.mxFrame() > 0
          && published.mxFrame() <= wal.capacity()
          && published.salts() == header.salts()) {
        int attempted = Math.max(info.backfilled(), info.backfillAttempted());
        int known = Math.min(attempted, published.mxFrame());
        range.set(published);
        return new InspectedLog(wal, memory, index, published, header, range, known);
      }
      if (index.read(published, info) && published.isInit() && published.mxFrame() == 0) {
        // Restarted: what the file holds was checkpointed, and nothing of it counts any more.
        range.set(header.salts(), 0, 0);
        return new InspectedLog(wal, memory, index, published, header, range, 0);
      }
      memory.release();
    }
    RecoveredWal recovered = RecoveredWal.read(path).orElse(null);
    if (recovered == null) {
      wal.close();
      return null;
    }
    range.set(header.salts(), recovered.lastCommit(), recovered.databaseSize());
    return new InspectedLog(wal, null, null, published, header, range, -1);
  }

  private static @Nullable SharedMemory sharedMemory(Path path) {
    try {
      return Files.exists(path) ? ChannelRegistry.acquireSharedMemory(path) : null;
    } catch (IOException e) {
      // Not there any more, or not filled yet: then it names no horizon.
      return null;
    }
  }

  WalFile wal() {
    return wal;
  }

  WalHeader header() {
    return header;
  }

  /** The last committed frame. */
  int committed() {
    return range.last();
  }

  /** What is committed. */
  CommittedRange range() {
    return range;
  }

  /** iChange of the wal-index; 0 without one. */
  int changeCounter() {
    return published.changeCounter();
  }

  /** Whether a wal-index says what is committed. */
  boolean hasIndex() {
    return index != null;
  }

  /**
   * What SQLite's recovery would make of it after a crash, of the process or of the computer; null
   * if the file is gone.
   */
  @Nullable RecoveredWal recovery() throws IOException {
    return RecoveredWal.read(wal.path()).orElse(null);
  }

  /** The first committed frame without salts and checksum; 0 if there is none. */
  int firstBareFrame() {
    for (int frame = 1; frame <= committed(); frame++) {
      if (range.header(frame, frameHeader) == CommittedRange.Found.BARE) {
        return frame;
      }
    }
    return 0;
  }

  /**
   * How many commits there are at or behind the frame at which the checksums break off, where that
   * is damage rather than the end: where a later frame of this generation commits something. None
   * if nothing does, as behind a torn end or a transaction that was rolled back. With a wal-index
   * only what it says is committed counts, since a writer may be appending.
   */
  int commitsBehind(RecoveredWal found) {
    if (found.end() == ChainEnd.BARE) {
      return 0;
    }
    int damaged = found.lastChained() + 1;
    int last = hasIndex() ? committed() : wal.capacity();
    int behind = 0;
    for (int frame = damaged + 1; frame <= last; frame++) {
      behind += isCommit(frame) ? 1 : 0;
    }
    return behind == 0 ? 0 : behind + (isCommit(damaged) ? 1 : 0);
  }

  private boolean isCommit(int frame) {
    return isOfGeneration(frame) && FrameHeader.commitSize(frameHeader) != 0;
  }

  /** Whether a frame was written in this generation and says so. */
  boolean isOfGeneration(int frame) {
    return wal.frameHeader(frame, frameHeader) && FrameHeader.salts(frameHeader) == header.salts();
  }

  /**
   * Up to which frame the database file may hold pages already. A wal-index says it; without one, a
   * page of the file that equals a frame may have come from there.
   */
  int backfilled(DatabaseFile file) {
    if (backfillAttempted >= 0) {
      return backfillAttempted;
    }
    byte[] inWal = new byte[wal.pageSize()];
    byte[] inFile = new byte[wal.pageSize()];
    for (int frame = committed(); frame > 0; frame--) {
      if (wal.frameHeader(frame, frameHeader) && wal.page(frame, inWal)) {
        long number = Integer.toUnsignedLong(FrameHeader.pageNumber(frameHeader));
        long offset = (number - 1) * inFile.length;
        if (file.read(offset, inFile, 0, inFile.length) == inFile.length
            && Arrays.equals(inWal, inFile)) {
          return frame;
        }
      }
    }
    return 0;
  }

  /**
   * Makes sure that nothing moved while it was read.
   *
   * @throws CaptureException if the WAL was restarted, or checkpointed further
   */
  void requireUnmoved() {
    WalIndex live = index;
    if (live == null || committed() == 0) {
      return;
    }
    CheckpointInfo info = new CheckpointInfo();
    live.read(info);
    if (!live.stillHolds(published)) {
      throw new CaptureException(
          Reason.FAILED,
          wal + ": the application restarted the WAL while it was read: run it again");
    }
    if (Math.max(info.backfilled(), info.backfillAttempted()) > backfillAttempted) {
      throw new CaptureException(
          Reason.FAILED, wal + ": was checkpointed while it was read: run it again");
    }
  }

  @Override
  public void close() throws IOException {
    SharedMemory shared = memory;
    try (WalFile closing = wal) {
      if (shared != null) {
        shared.release();
      }
    }
  }
}
