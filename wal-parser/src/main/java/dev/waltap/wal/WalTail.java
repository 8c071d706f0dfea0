// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalIndexHeader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads committed transactions out of a live WAL, in order, each once, without any lock.
 *
 * <p>Within a generation: take a stable header, copy frames up to its mxFrame, and before each
 * commit is handed over check whether the header still holds. What is committed then is decided by
 * {@link CommittedRange}; whether the frame consumed last is still there is decided by {@link
 * LastFrame}. Where that is a bare one, iChange must say so too, since a recovery would have
 * dropped it.
 *
 * <p>When the WAL was restarted: what is left of the old generation behind the new one's frames is
 * read on by its checksum chain. If its commits and those of the new generation add up to the
 * growth of iChange, nothing is missing, and both are handed over in turn. Otherwise we were
 * overrun, or can't prove that we were not, and {@link Outcome#GAP} says so.
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
     * WAL. All that was handed over stays valid. Take a snapshot, then {@link #startAt} it.
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

  /** Rounds until frames that contradict an unchanged header are believed to be there. */
  private static final int FAULTS = 4;

  /** Frames of a transaction between two looks at the header; a power of two. */
  private static final int FRAMES_BETWEEN_CHECKS = 64;

  /** Looks that find nothing, of which one in so many reads the clock; a power of two. */
  private static final int LOOKS_PER_CLOCK = 8;

  private final WalIndex index;
  private final WalFile wal;
  private final WalIndexHeader header = new WalIndexHeader();
  private final CommittedRange range;
  private final LastFrame lastFrame;
  private final byte[] frameHeader = new byte[FrameHeader.SIZE];
  private final FrameScan oldScan;
  private final FrameScan newScan;
  private final RepeatDetector repeatDetector;
  private final CommitCounter counter = new CommitCounter();
  private final OldGeneration oldGeneration;
  private final HiddenCommits hiddenCommits;

  private long generation = 1;
  private long salts;
  private int frame;
  private long checksum;

  private boolean started;
  private boolean counterTrusted;
  private boolean caughtUp;
  private boolean looked;
  private long lastLook;
  private int quietLooks;
  private int copied;
  private boolean handedOver;
  private long bareFrames;
  private int openBareFrames;
  private int faultyFrame;
  private GapReason gapReason = GapReason.UNPROVEN;

  /**
   * A tail that must be given a position to start at; it closes the file, the index is the
   * caller's.
   */
  public WalTail(WalIndex index, WalFile wal) {
    this.index = index;
    this.wal = wal;
    this.range = new CommittedRange(wal);
    this.lastFrame = new LastFrame(wal.pageSize());
    this.oldScan = new FrameScan(wal);
    this.newScan = new FrameScan(wal);
    this.repeatDetector = new RepeatDetector(wal);
    this.oldGeneration = new OldGeneration(wal);
    this.hiddenCommits = new HiddenCommits(wal);
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
   * so across generations iChange proves nothing until it was read once; only the same generation
   * with the same checksum at that frame does. A bare frame has none: there iChange must fit as
   * well. If that does not hold, the first poll says {@link Outcome#GAP}.
   */
  public void resumeAt(WalPosition position) {
    start(position, false);
  }

  private void start(WalPosition position, boolean trustCounter) {
    if (started && position.salts() != salts) {
      generation++;
    }
    salts = position.salts();
    frame = position.frame();
    checksum = position.checksum();
    lastFrame.expect(checksum);
    counter.reset(position.changeCounter());
    counterTrusted = trustCounter;
    repeatDetector.reset();
    caughtUp = false;
    looked = false;
    started = true;
  }

  /** The last commit handed over, or where reading started. */
  public WalPosition position() {
    return new WalPosition(salts, frame, checksum, counter.changeCounter());
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
    if (!caughtUp || index.changed(header)) {
      return true;
    }
    if ((++quietLooks & (LOOKS_PER_CLOCK - 1)) == 0) {
      lastLook = System.nanoTime(); // Costs three times as much as the look.
    }
    return false;
  }

  /**
   * Committed frames without salts and checksum that were handed over so far. A crash would lose
   * those commits and what was committed after them, or leave a corrupt database behind.
   */
  public long bareFrames() {
    return bareFrames;
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
    if (!hasNews()) {
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
      sink.looked();
      range.set(header);
      switch (step(sink, maxFrames)) {
        case CAUGHT_UP -> {
          caughtUp = true;
          looked = true;
          lastLook = System.nanoTime();
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
            return believeFault();
          }
        }
        case RETRY -> {}
      }
    }
    return done();
  }

  private Outcome believeFault() {
    CommittedRange.Found found = range.header(faultyFrame, frameHeader);
    boolean endless = faultyFrame == range.last() && FrameHeader.commitSize(frameHeader) == 0;
    if (found == CommittedRange.Found.NONSENSE || (found.isCommitted() && endless)) {
      throw range.corrupt(faultyFrame, frameHeader);
    }
    gapReason = GapReason.FOREIGN_FRAMES;
    return Outcome.GAP;
  }

  private Outcome done() {
    return handedOver ? Outcome.TRANSACTIONS : Outcome.NOTHING;
  }

  private Step step(FrameSink sink, int maxFrames) {
    if (header.mxFrame() > 0 && header.pageSize() != wal.pageSize()) {
      return gap(GapReason.PAGE_SIZE);
    }
    if (header.salts() != salts) {
      Step crossing = cross(sink);
      return crossing == Step.MORE ? follow(sink, maxFrames) : crossing;
    }
    if (frame > 0 || salts != 0 || counterTrusted) {
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
    Step standing = checkStanding(last);
    if (standing != Step.MORE) {
      return standing;
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
    assert frame == last : "caught up at frame " + frame + " of " + last;
    counter.reset(header.changeCounter());
    counterTrusted = true;
    repeatDetector.reset();
    return Step.CAUGHT_UP;
  }

  // Is the frame that we consumed last still the one that we consumed?
  private Step checkStanding(int last) {
    if (frame == 0) {
      return Step.MORE;
    }
    if (last == frame && header.frameChecksum() != checksum) {
      return gap(GapReason.RECOVERED);
    }
    switch (lastFrame.look(range, frame, frameHeader)) {
      case SAME -> {
        return Step.MORE;
      }
      case SAME_BARE -> {
        return checkAfterBare();
      }
      default -> {
        if (!index.stillHolds(header) || wal.follow()) {
          return Step.RETRY;
        }
        boolean ours = range.header(frame, frameHeader).isCommitted();
        return gap(ours ? GapReason.RECOVERED : GapReason.FOREIGN_FRAMES);
      }
    }
  }

  // A recovery drops bare frames, and others may be written there since. So iChange must explain
  // what is committed behind ours, and if the next frame has a checksum, it must go on from ours.
  private Step checkAfterBare() {
    CommittedRange.Found found = newScan.count(range, frame, repeatDetector);
    boolean goesOn = lastFrame.isFollowed(range, frame, checksum, header.bigEndianChecksums());
    if (!found.isCommitted()) {
      return fault(newScan.faultyFrame());
    }
    if (!index.stillHolds(header)) {
      return Step.RETRY;
    }
    return goesOn && isExplained(newScan.commits(), newScan.repeats())
        ? Step.MORE
        : gap(GapReason.RECOVERED);
  }

  private boolean isExplained(int commits, int repeats) {
    return counter.judge(header.changeCounter(), commits, repeats)
        == CommitCounter.Verdict.COMPLETE;
  }

  private Step fault(int number) {
    faultyFrame = number;
    return index.stillHolds(header) ? Step.FAULT : Step.RETRY;
  }

  // MORE: one transaction was handed over. Anything else: roll back.
  private Step transaction(FrameSink sink, int last) {
    openBareFrames = 0;
    for (int next = frame + 1; next <= last; next++) {
      if ((next & (FRAMES_BETWEEN_CHECKS - 1)) == 0 && !index.stillHolds(header)) {
        return Step.RETRY;
      }
      byte[] page = sink.buffer();
      CommittedRange.Found found = range.frame(next, frameHeader, page);
      if (!found.isCommitted()) {
        return fault(next);
      }
      copied++;
      if (found == CommittedRange.Found.BARE) {
        openBareFrames++;
      }
      if (FrameHeader.commitSize(frameHeader) != 0) {
        if (!index.stillHolds(header)) {
          return Step.RETRY;
        }
        commit(sink, next, page);
        if (next == last) {
          checksum = header.frameChecksum();
        }
        return Step.MORE;
      }
      sink.frame(FrameHeader.pageNumber(frameHeader), page);
    }
    return fault(last); // mxFrame is a commit frame.
  }

  private void commit(FrameSink sink, int commitFrame, byte[] page) {
    assert commitFrame > frame : "frame " + commitFrame + " after " + frame;
    int pageNumber = FrameHeader.pageNumber(frameHeader);
    int size = FrameHeader.commitSize(frameHeader);
    counter.add(
        repeatDetector.mayRepeat(commitFrame, pageNumber, size)
            && repeatDetector.equalsPrevious(commitFrame, page));
    repeatDetector.note(commitFrame, pageNumber, size);
    lastFrame.record(frameHeader, page);
    frame = commitFrame;
    checksum = FrameHeader.checksum(frameHeader);
    bareFrames += openBareFrames;
    handedOver = true;
    sink.frame(pageNumber, page);
    sink.commit(generation, commitFrame, size);
  }

  // MORE: the old generation is finished, and the new one, from its start, is proven to follow it.
  private Step cross(FrameSink sink) {
    if (!counterTrusted) {
      return gap(GapReason.NEW_GENERATION);
    }
    wal.follow();
    WalPosition position = position();
    oldGeneration.scan(oldScan, position, lastFrame.mayBeBare(), header, repeatDetector);
    CommittedRange.Found found = newScan.count(range, 0, null);
    long counted = Math.max(1, Integer.toUnsignedLong(position.changeCounter()));
    long sinceLook = looked ? System.nanoTime() - lastLook : -1;
    boolean hidden = hiddenCommits.mayHide(counted, position, header, sinceLook);
    if (!index.stillHolds(header)) {
      return Step.RETRY;
    }
    if (!found.isCommitted()) {
      return fault(newScan.faultyFrame());
    }
    GapReason missing = missing(hidden);
    if (missing != null) {
      return gap(missing);
    }
    if (!finishOld(sink)) {
      sink.rollback();
      return gap(GapReason.OVERRUN);
    }
    salts = header.salts();
    frame = 0;
    checksum = 0;
    generation++;
    repeatDetector.reset();
    return Step.MORE;
  }

  private @Nullable GapReason missing(boolean hidden) {
    int commits = oldScan.commits() + newScan.commits();
    int repeats = oldScan.repeats() + newScan.repeats();
    return switch (counter.judge(header.changeCounter(), commits, repeats)) {
      case COMPLETE -> hidden ? GapReason.UNPROVEN : null;
      case MISSING -> oldScan.endedAtBareFrame() ? GapReason.UNCHECKED_FRAMES : GapReason.OVERRUN;
      case AMBIGUOUS -> GapReason.UNPROVEN;
    };
  }

  // What was proven may be overwritten since, so the copies handed over are proven by the chain
  // again.
  private boolean finishOld(FrameSink sink) {
    int last = oldScan.lastCommit();
    openBareFrames = 0;
    wal.readAhead(last);
    for (int next = frame + 1; next <= last; next++) {
      byte[] page = sink.buffer();
      if (!oldGeneration.next(next, frameHeader, page)) {
        return false;
      }
      copied++;
      if (FrameHeader.commitSize(frameHeader) != 0) {
        commit(sink, next, page);
      } else {
        sink.frame(FrameHeader.pageNumber(frameHeader), page);
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
