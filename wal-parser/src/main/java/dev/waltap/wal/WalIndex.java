// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.SharedMemory;

/**
 * Reads the wal-index without locks: what is committed, and how far checkpoints have come.
 *
 * <p>Writers write the second copy of the header, a barrier, the first copy; we read the first, a
 * barrier, the second, and believe equal copies with a right checksum, as {@code walIndexTryHdr()}
 * of wal.c does. A writer publishes a restart here before it overwrites the first frame in the
 * file; hence whoever copies frames and then still finds the same salts here has copied good
 * frames.
 *
 * <p>Allocates nothing. Not safe for several threads: each has its own. The shared memory belongs
 * to the caller.
 */
public final class WalIndex {

  private static final int ATTEMPTS = 100;
  private static final int SECOND = WalIndexHeader.SIZE;

  /** Where bytes come from; each call before those that follow it. */
  private interface Source {
    void copy(int offset, byte[] dst, int dstOff, int len);
  }

  private final Source memory;
  private final byte[] first = new byte[WalIndexHeader.SIZE];
  private final byte[] second = new byte[WalIndexHeader.SIZE];
  private final byte[] checkpoint = new byte[CheckpointInfo.SIZE];
  private final CheckpointInfo before = new CheckpointInfo();
  private final WalIndexHeader again = new WalIndexHeader();

  /** Reads from this memory, which the caller releases after the last use of this. */
  public WalIndex(SharedMemory memory) {
    this(memory::copy);
  }

  private WalIndex(Source memory) {
    this.memory = memory;
  }

  /** Likewise, but by {@link SharedMemory#read}: for one who has no connection open. */
  static WalIndex unmapped(SharedMemory memory) {
    return new WalIndex(memory::read);
  }

  /**
   * Takes a stable header.
   *
   * @return false, and {@code into} unchanged, if after many tries it still is torn or was never
   *     written: a writer died there. The next read transaction through SQLite repairs it
   */
  public boolean read(WalIndexHeader into) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      memory.copy(0, first, 0, first.length);
      memory.copy(SECOND, second, 0, second.length);
      again.load(first, 0);
      if (again.sameAs(second, 0) && again.isWhole()) {
        into.load(again);
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  /**
   * Takes a header and the checkpoint information that belongs together with it, as a snapshot
   * needs them: nBackfill did not move while the header was read.
   *
   * @return false if that could not be had; begin a read transaction, or simply try again
   */
  public boolean read(WalIndexHeader into, CheckpointInfo info) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      read(before);
      if (!read(into)) {
        return false;
      }
      read(info);
      memory.copy(0, first, 0, first.length);
      if (into.sameAs(first, 0) && before.backfilled() == info.backfilled()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether all that was committed by then is in the database file, and nothing was since.
   *
   * @return false also if that is not certain
   */
  public boolean isInFile(WalPosition position) {
    WalIndexHeader header = new WalIndexHeader();
    CheckpointInfo info = new CheckpointInfo();
    return read(header, info)
        && header.salts() == position.salts()
        && header.mxFrame() == position.frame()
        && info.backfilled() == position.frame();
  }

  /** Takes the checkpoint information as it is; nothing protects it from moving meanwhile. */
  public void read(CheckpointInfo into) {
    memory.copy(CheckpointInfo.OFFSET, checkpoint, 0, checkpoint.length);
    into.load(checkpoint, 0);
  }

  /**
   * Whether the header may have changed since {@code last} was read. For polling: one small copy.
   */
  public boolean changed(WalIndexHeader last) {
    memory.copy(0, first, 0, first.length);
    return !last.sameAs(first, 0);
  }

  /**
   * Whether frames up to mxFrame of {@code last} are still what they were: what was copied of them
   * since that header was read is good then. One small copy.
   */
  public boolean stillHolds(WalIndexHeader last) {
    memory.copy(0, first, 0, first.length);
    if (last.sameAs(first, 0)) {
      return true;
    }
    again.load(first, 0);
    return last.isContinuedBy(again);
  }
}
