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
  private final WalHeader header;
  private final int committed;
  private final int backfillAttempted;
  private final byte[] frameHeader = new byte[FrameHeader.SIZE];

  private InspectedLog(
      WalFile wal,
      @Nullable SharedMemory memory,
      @Nullable WalIndex index,
      WalHeader header,
      int committed,
      int backfillAttempted) {
    this.wal = wal;
    this.memory = memory;
    this.index = index;
    this.header = header;
    this.committed = committed;
    this.backfillAttempted = backfillAttempted;
  }

  /** Opens it; null if there is no WAL, or one that holds nothing. */
  static @Nullable InspectedLog open(Path database, int pageSize) throws IOException {
    Path path = FileNames.beside(database, "-wal");
    RecoveredWal recovered = RecoveredWal.read(path).orElse(null);
    if (recovered == null) {
      return null;
    }
    WalHeader header = recovered.header();
    if (header.pageSize() != pageSize) {
      throw new CaptureException(
          Reason.REFUSED,
          path + ": has pages of " + header.pageSize() + " bytes, the database of " + pageSize);
    }
    WalFile wal = WalFile.open(path, pageSize);
    SharedMemory memory = sharedMemory(FileNames.beside(database, "-shm"));
    if (memory != null) {
      WalIndex index = new WalIndex(memory);
      WalIndexHeader published = new WalIndexHeader();
      CheckpointInfo info = new CheckpointInfo();
      if (index.read(published, info)
          && published.mxFrame() > 0
          && published.salt1() == header.salt1()
          && published.salt2() == header.salt2()) {
        int attempted = Math.max(info.backfilled(), info.backfillAttempted());
        return new InspectedLog(
            wal,
            memory,
            index,
            header,
            published.mxFrame(),
            Math.min(attempted, published.mxFrame()));
      }
      if (index.read(published, info) && published.isInit() && published.mxFrame() == 0) {
        // Begun anew: what the file holds was checkpointed, and nothing of it counts any more.
        return new InspectedLog(wal, memory, index, header, 0, 0);
      }
      memory.release();
    }
    return new InspectedLog(wal, null, null, header, recovered.lastCommit(), -1);
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
    return committed;
  }

  /** Whether a wal-index says what is committed. */
  boolean hasIndex() {
    return index != null;
  }

  /** Whether a frame was written in this generation. */
  boolean isOfGeneration(int frame) {
    return wal.frameHeader(frame, frameHeader)
        && FrameHeader.saltsAre(frameHeader, header.salt1(), header.salt2());
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
    for (int frame = committed; frame > 0; frame--) {
      if (wal.frameHeader(frame, frameHeader) && wal.page(frame, inWal)) {
        long offset = (FrameHeader.pageNumber(frameHeader) - 1L) * inFile.length;
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
    if (live == null || committed == 0) {
      return;
    }
    CheckpointInfo info = new CheckpointInfo();
    live.read(info);
    if (!live.saltsAre(header.salt1(), header.salt2())) {
      throw new CaptureException(
          Reason.FAILED,
          wal + ": the application began the WAL anew while it was read: run it again");
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
