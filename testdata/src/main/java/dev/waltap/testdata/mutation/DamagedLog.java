// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.SharedMemory;
import dev.waltap.wal.CommittedRange;
import dev.waltap.wal.RecoveredWal;
import dev.waltap.wal.SnapshotFrameIndex;
import dev.waltap.wal.WalFile;
import dev.waltap.wal.WalIndex;
import dev.waltap.wal.WalTail;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/**
 * A tail that follows a log which is published bit by bit, restarted, cut and damaged, with right
 * checksums and wrong ones. What it hands over is what is in the file; without damage it is all
 * that was committed.
 */
final class DamagedLog implements Layer {
  private final Corpus corpus;
  private final Path path;
  private final FileBytes wal;
  private final FileBytes shm;
  private final SharedMemory memory;

  DamagedLog(Corpus corpus, Path directory) throws IOException {
    this.corpus = corpus;
    this.path = directory.resolve("log.db-wal");
    this.wal = new FileBytes(path);
    this.shm = new FileBytes(directory.resolve("log.db-shm"));
    shm.put(0, new byte[32 << 10]);
    this.memory = ChannelRegistry.acquireSharedMemory(directory.resolve("log.db-shm"));
  }

  @Override
  public boolean run(Random random) throws IOException {
    RecordedDatabase base = corpus.any(random);
    LogWriter writer = new LogWriter(base, random, wal, shm);
    LogCheck check = new LogCheck(writer, base.pageSize());
    boolean accepted = false;
    try (WalTail tail = new WalTail(new WalIndex(memory), WalFile.open(path, base.pageSize()))) {
      if (random.nextInt(3) == 0) {
        tail.resumeAt(writer.position());
      } else {
        tail.startAt(writer.position());
      }
      for (int step = random.nextInt(4); step >= 0; step--) {
        writer.step();
        accepted |= follow(tail, check, random);
        if (!writer.isDamaged() && !tail.position().equals(writer.position())) {
          throw new AssertionError("is at " + tail.position() + " of " + writer.position());
        }
      }
      if (random.nextInt(4) == 0) {
        snapshot(base.pageSize());
      }
    } catch (DatabaseException e) {
      if (!writer.isDamaged()) {
        throw e;
      }
      return false;
    }
    return accepted;
  }

  /** Polls until there is nothing more; begins again where history was lost. */
  private static boolean follow(WalTail tail, LogCheck check, Random random) {
    int max = random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(20);
    // Each poll but the last moves on by a frame at least.
    for (int polls = check.frames() + 4; polls > 0; polls--) {
      switch (tail.poll(check, max)) {
        case NOTHING, TORN -> {
          return true;
        }
        case GAP -> {
          check.gap();
          return false;
        }
        case TRANSACTIONS -> {}
      }
    }
    throw new AssertionError("polls without end hand over transactions");
  }

  /** Reads the log as a snapshot does, and as a recovery would. */
  private void snapshot(int pageSize) throws IOException {
    RecoveredWal.read(path);
    WalIndexHeader header = new WalIndexHeader();
    CheckpointInfo info = new CheckpointInfo();
    if (!new WalIndex(memory).read(header, info)) {
      return;
    }
    int last = header.mxFrame();
    try (WalFile file = WalFile.open(path, pageSize)) {
      CommittedRange range = new CommittedRange(file).set(header);
      SnapshotFrameIndex frames =
          SnapshotFrameIndex.index(file, range, Math.min(info.backfilled(), last), last);
      byte[] page = new byte[pageSize];
      for (int number : frames.pages()) {
        frames.copy(number, frames.frameOf(number), page);
      }
    }
  }

  @Override
  public void close() throws IOException {
    memory.release();
    wal.close();
    shm.close();
  }
}
