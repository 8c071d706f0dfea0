package dev.waltap.wal;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalIndexHeader;
import java.io.IOException;

/**
 * Reads committed transactions out of a live WAL, in order, each once, without any lock.
 *
 * <p>Within a generation: take a stable header, copy frames up to its mxFrame, and before each
 * commit is handed over look whether the salts are still the same. Committed frames never change
 * while they are, so the copies are good. Frame c, the last consumed, must still have the checksum
 * it had, and frame mxFrame the one that the header names.
 *
 * <p>When the WAL was restarted: what is left of the old generation behind the new one's frames is
 * read on by its checksum chain. If its commits and those of the new generation add up to the
 * growth of iChange, nothing is missing, and both are handed over in turn. Otherwise we were
 * lapped, and {@link Outcome#GAP} says so.
 *
 * <p>All that rests on the wal-index living on: the caller keeps a connection open that has read
 * once, from before {@link #startAt} on. Without it the file may be rebuilt, and iChange with it.
 *
 * <p>Allocates nothing for frames but what {@link WalFile} does. Not safe for several threads: one
 * thread polls and closes; the {@link WalIndex} is its own, too.
 */
public final class WalTail implements AutoCloseable {

  /** What a poll came to. */
  public enum Outcome {
    /** Nothing new that could be had now. */
    NOTHING,
    /** At least one transaction was handed over; there may be more. */
    TRANSACTIONS,
    /**
     * Continuity is lost for good: transactions after {@link #position()} can't be had from the
     * WAL. All that was handed over stands. Take a snapshot, then {@link #startAt} it.
     */
    GAP,
    /** The wal-index header is torn: begin a read transaction through SQLite, then poll again. */
    TORN
  }

  private enum Step {
    CAUGHT_UP,
    MORE,
    RETRY,
    FAULT,
    GAP
  }

  /** Rounds within one poll, when the WAL changes faster than it can be read. */
  private static final int ROUNDS = 16;

  /** Rounds until bytes that contradict an unchanged header are called corrupt. */
  private static final int FAULTS = 4;

  /** Frames of a transaction between two looks at the salts; a power of two. */
  private static final int FRAMES_BETWEEN_CHECKS = 64;

  private final WalIndex index;
  private final WalFile wal;
  private final WalIndexHeader header = new WalIndexHeader();
  private final byte[] frameHeader = new byte[FrameHeader.SIZE];
  private final FrameScan oldScan;
  private final FrameScan newScan;
  private final RepeatDetector repeatDetector;
  private final CommitCounter counter = new CommitCounter();
  private final OldGeneration oldGeneration;

  private long generation = 1;
  private int salt1;
  private int salt2;
  private int frame;
  private int checksum1;
  private int checksum2;

  private boolean started;
  private boolean counterTrusted;
  private boolean caughtUp;
  private int copied;
  private boolean handedOver;
  private GapReason gapReason = GapReason.UNPROVEN;

  /** A tail that must be told where to start; it closes the file, the index is the caller's. */
  public WalTail(WalIndex index, WalFile wal) {
    this.index = index;
    this.wal = wal;
    this.oldScan = new FrameScan(wal);
    this.newScan = new FrameScan(wal);
    this.repeatDetector = new RepeatDetector(wal);
    this.oldGeneration = new OldGeneration(wal);
  }

  /**
   * Goes on after a position taken while the connection was open that still is: that of a snapshot,
   * or {@link #position()} of an earlier tail of this run.
   */
  public void startAt(WalPosition position) {
    start(position, true);
  }

  /**
   * Goes on after a position that an earlier run saved. The wal-index may have been rebuilt since,
   * so iChange proves nothing until it was read anew; only the same generation with the same
   * checksum at that frame does. If that does not hold, the first poll says {@link Outcome#GAP}.
   */
  public void resumeAt(WalPosition position) {
    start(position, false);
  }

  private void start(WalPosition position, boolean trustCounter) {
    if (started && !position.saltsAre(salt1, salt2)) {
      generation++;
    }
    salt1 = position.salt1();
    salt2 = position.salt2();
    frame = position.frame();
    checksum1 = position.checksum1();
    checksum2 = position.checksum2();
    counter.reset(position.changeCounter());
    counterTrusted = trustCounter;
    repeatDetector.reset();
    caughtUp = false;
    started = true;
  }

  /** The last commit handed over, or where reading started. */
  public WalPosition position() {
    return new WalPosition(salt1, salt2, frame, checksum1, checksum2, counter.changeCounter());
  }

  /** The commit frame of {@link #position()}. */
  public int frame() {
    return frame;
  }

  /** Which generation {@link #position()} is in: 1 at first, one more with each that was seen. */
  public long generation() {
    return generation;
  }

  /** Why the latest poll that said {@link Outcome#GAP} did so. */
  public GapReason gapReason() {
    return gapReason;
  }

  private Step gap(GapReason reason) {
    gapReason = reason;
    return Step.GAP;
  }

  /** Whether there may be something to poll for. Costs one small copy out of shared memory. */
  public boolean hasNews() {
    return !caughtUp || index.changed(header);
  }

  /** The last committed frame that the latest poll saw, in the generation of then. */
  public int lastSeenFrame() {
    return header.mxFrame();
  }

  /**
   * Hands over what is committed and not yet handed over. When nothing changed this costs one small
   * copy out of shared memory.
   *
   * @param maxFrames stop at the end of the transaction with which this many frames were copied;
   *     the rest of an overwritten generation is handed over regardless, since it won't wait
   * @throws CorruptDatabaseException if committed frames are not what SQLite writes
   * @throws dev.waltap.format.DatabaseGoneException if the wal-index was truncated or replaced
   */
  public Outcome poll(FrameSink sink, int maxFrames) {
    if (!started) {
      throw new IllegalStateException("startAt or resumeAt first");
    }
    if (caughtUp && !index.changed(header)) {
      return Outcome.NOTHING;
    }
    caughtUp = false;
    copied = 0;
    handedOver = false;
    int faults = 0;
    for (int round = 0; round < ROUNDS; round++) {
      if (!index.read(header)) {
        return handedOver ? Outcome.TRANSACTIONS : Outcome.TORN;
      }
      switch (step(sink, maxFrames)) {
        case CAUGHT_UP -> {
          caughtUp = true;
          return done();
        }
        case MORE -> {
          return done();
        }
        case GAP -> {
          return Outcome.GAP;
        }
        case FAULT -> {
          wal.follow(); // Perhaps the path leads to a newer file than the one we have open.
          if (++faults == FAULTS) {
            throw new CorruptDatabaseException(
                wal + ": frames after " + frame + " are not those of the " + header);
          }
        }
        case RETRY -> {}
      }
    }
    return done();
  }

  private Outcome done() {
    return handedOver ? Outcome.TRANSACTIONS : Outcome.NOTHING;
  }

  private Step step(FrameSink sink, int maxFrames) {
    if (header.mxFrame() > 0 && header.pageSize() != wal.pageSize()) {
      return gap(GapReason.PAGE_SIZE);
    }
    if (header.salt1() != salt1 || header.salt2() != salt2) {
      Step crossing = cross(sink);
      return crossing == Step.MORE ? follow(sink, maxFrames) : crossing;
    }
    if (frame > 0 || (salt1 | salt2) != 0 || counterTrusted) {
      return follow(sink, maxFrames);
    }
    // Resumed before the first frame of a WAL without a name: which one was it?
    return gap(GapReason.NEW_GENERATION);
  }

  private Step follow(FrameSink sink, int maxFrames) {
    oldGeneration.note(header);
    wal.readAhead(header.mxFrame());
    int last = header.mxFrame();
    if (last < frame) {
      return gap(GapReason.RECOVERED);
    }
    if (last > frame) {
      Step standing = checkStanding();
      if (standing != Step.MORE) {
        return standing;
      }
    }
    while (frame < last) {
      Step step = transaction(sink, last);
      if (step != Step.MORE) {
        sink.rollback();
        return step;
      }
      if (copied >= maxFrames && frame < last) {
        return Step.MORE;
      }
    }
    if (frame > 0
        && (header.frameChecksum1() != checksum1 || header.frameChecksum2() != checksum2)) {
      return gap(GapReason.RECOVERED);
    }
    counter.settle(header.changeCounter());
    counterTrusted = true;
    return Step.CAUGHT_UP;
  }

  // Is the frame that we consumed last still the one that we consumed?
  private Step checkStanding() {
    if (frame == 0) {
      return Step.MORE;
    }
    if (!wal.frameHeader(frame, frameHeader)) {
      return index.saltsAre(salt1, salt2) ? Step.FAULT : Step.RETRY;
    }
    boolean same =
        FrameHeader.saltsAre(frameHeader, salt1, salt2)
            && FrameHeader.checksum1(frameHeader) == checksum1
            && FrameHeader.checksum2(frameHeader) == checksum2;
    if (same) {
      return Step.MORE;
    }
    if (!index.saltsAre(salt1, salt2) || wal.follow()) {
      return Step.RETRY;
    }
    return gap(GapReason.RECOVERED);
  }

  // MORE: one transaction was handed over. Anything else: roll back.
  private Step transaction(FrameSink sink, int last) {
    for (int next = frame + 1; next <= last; next++) {
      if ((next & (FRAMES_BETWEEN_CHECKS - 1)) == 0 && !index.saltsAre(salt1, salt2)) {
        return Step.RETRY;
      }
      byte[] page = sink.buffer();
      if (!wal.frameHeader(next, frameHeader)
          || !wal.page(next, page)
          || !FrameHeader.saltsAre(frameHeader, salt1, salt2)
          || FrameHeader.pageNumber(frameHeader) == 0) {
        return index.saltsAre(salt1, salt2) ? Step.FAULT : Step.RETRY;
      }
      copied++;
      int pageNumber = FrameHeader.pageNumber(frameHeader);
      int size = FrameHeader.commitSize(frameHeader);
      boolean repeat = isRepeat(next, pageNumber, size, page);
      sink.frame(pageNumber, page);
      if (size != 0) {
        if (!index.saltsAre(salt1, salt2)) {
          return Step.RETRY;
        }
        if (next == last && !isHeadersLast()) {
          return Step.FAULT;
        }
        commit(sink, next, size, repeat);
        return Step.MORE;
      }
    }
    return index.saltsAre(salt1, salt2) ? Step.FAULT : Step.RETRY; // mxFrame is a commit frame.
  }

  private boolean isHeadersLast() {
    return FrameHeader.checksum1(frameHeader) == header.frameChecksum1()
        && FrameHeader.checksum2(frameHeader) == header.frameChecksum2();
  }

  private boolean isRepeat(int next, int pageNumber, int size, byte[] page) {
    return size != 0
        && repeatDetector.mayRepeat(next, pageNumber, size)
        && repeatDetector.equalsPrevious(next, page);
  }

  private void commit(FrameSink sink, int commitFrame, int size, boolean repeat) {
    frame = commitFrame;
    checksum1 = FrameHeader.checksum1(frameHeader);
    checksum2 = FrameHeader.checksum2(frameHeader);
    counter.add(repeat);
    repeatDetector.note(commitFrame, FrameHeader.pageNumber(frameHeader), size);
    handedOver = true;
    sink.commit(generation, commitFrame, size);
  }

  // MORE: the old generation is finished, and the new one, from its start, is proven to follow it.
  private Step cross(FrameSink sink) {
    if (!counterTrusted) {
      return gap(GapReason.NEW_GENERATION);
    }
    wal.follow();
    oldGeneration.scan(oldScan, position(), header);
    boolean counted = newScan.count(header.salt1(), header.salt2(), header.mxFrame());
    if (!index.saltsAre(header.salt1(), header.salt2())) {
      return Step.RETRY;
    }
    if (!counted) {
      return Step.FAULT;
    }
    if (!counter.explains(
        header.changeCounter(),
        oldScan.commits() + newScan.commits(),
        oldScan.repeats() + newScan.repeats())) {
      return gap(GapReason.OVERRUN);
    }
    if (!finishOld(sink)) {
      sink.rollback();
      return gap(GapReason.OVERRUN);
    }
    salt1 = header.salt1();
    salt2 = header.salt2();
    frame = 0;
    checksum1 = 0;
    checksum2 = 0;
    generation++;
    repeatDetector.reset();
    return Step.MORE;
  }

  // What was proven may be overwritten since, so the copies handed over are proven by the chain
  // again.
  private boolean finishOld(FrameSink sink) {
    int last = oldScan.lastCommit();
    wal.readAhead(last);
    for (int next = frame + 1; next <= last; next++) {
      byte[] page = sink.buffer();
      if (!oldGeneration.next(next, frameHeader, page)) {
        return false;
      }
      copied++;
      int pageNumber = FrameHeader.pageNumber(frameHeader);
      int size = FrameHeader.commitSize(frameHeader);
      boolean repeat = isRepeat(next, pageNumber, size, page);
      sink.frame(pageNumber, page);
      if (size != 0) {
        commit(sink, next, size, repeat);
      }
    }
    return true;
  }

  /** Closes the WAL file; again: nothing. */
  @Override
  public void close() throws IOException {
    wal.close();
  }
}
