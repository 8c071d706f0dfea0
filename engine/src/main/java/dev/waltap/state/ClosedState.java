// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Position;
import dev.waltap.io.Closer;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a state that was closed in order with nothing left to emit: enough to add
 * transactions to it without opening its {@code state.db}, which takes far longer. They go to a
 * file beside it, see {@link TailFile}, from which the next opening takes them. Small; kept in
 * memory by whoever closed the state. For one thread at a time.
 */
public final class ClosedState {
  /** After so many transactions it is time to open the state, which takes them in. */
  static final int MOST_TRANSACTIONS = 64;

  /** Likewise after so many bytes. */
  static final int MOST_BYTES = 256 << 10;

  final StateDirectory directory;
  final long pageSeed;

  /** The page of {@code state.db} at which the table {@code page} begins. */
  final int rootPage;

  private final StateOrigin origin;
  private final FileMark stateFile;

  /** Commits of {@code state.db}. */
  private final long commits;

  private LogPosition end;
  private long maxEpoch;

  /** What the appended file holds: its bytes, how many of them are on disk, its last hash. */
  private int size;

  private int synced;
  private long last;
  private int transactions;

  /** Where in it the last image of each page is. */
  private int[] numbers = {};

  private int[] offsets = {};
  private int pages;

  /** Whether nothing went wrong, and all is acknowledged. */
  private boolean usable = true;

  private ClosedState(
      StateDirectory directory,
      StateOrigin origin,
      StateHeader head,
      long pageSeed,
      int rootPage,
      FileMark stateFile) {
    this.directory = directory;
    this.origin = origin;
    this.commits = head.commits;
    this.end = head.last;
    this.maxEpoch = head.epoch.number();
    this.pageSeed = pageSeed;
    this.rootPage = rootPage;
    this.stateFile = stateFile;
    this.last = TailFile.seed(header());
  }

  /**
   * A state that was just closed, and is held still.
   *
   * @param root of the table {@code page}; 0 if it can't be added to
   * @return null if it can't, or if somebody who looks at it kept SQLite from moving the log into
   *     it
   */
  static @Nullable ClosedState of(
      StateDirectory directory, StateOrigin origin, StateHeader head, OptionalLong seed, int root) {
    if (root == 0 || seed.isEmpty() || directory.logSize() != 0) {
      return null;
    }
    FileMark mark = FileMark.of(directory.stateFile());
    return mark == null
        ? null
        : new ClosedState(directory, origin, head, seed.getAsLong(), root, mark);
  }

  /** The database whose state it is. */
  public DatabaseIdentity database() {
    return origin.database();
  }

  /** As {@link StateStore#stream}. */
  public String stream() {
    return origin.stream();
  }

  /** The end of the last transaction, as {@link StateStore#end}. */
  public LogPosition end() {
    return end;
  }

  /** The largest epoch given out. */
  public long maxEpoch() {
    return maxEpoch;
  }

  /** The seed of the hashes of its pages, a secret. */
  public long pageSeed() {
    return pageSeed;
  }

  /**
   * Takes hold of the state to add a transaction, if it is exactly as it was left, and not so much
   * was added that it is time to open it.
   *
   * @param command what for, as for {@link StateDirectory#hold}
   * @return null if it has to be opened as usual, which then says what is wrong, if anything is;
   *     also if somebody else holds it
   */
  public @Nullable StateAppender append(String command) {
    if (!usable || transactions >= MOST_TRANSACTIONS || size >= MOST_BYTES) {
      return null;
    }
    Closer closer = new Closer();
    try {
      StateLock lock = StateLock.tryHold(directory, command);
      if (lock == null) {
        return null;
      }
      closer.open(() -> lock);
      if (isAsLeft()) {
        CommitCountFile count =
            closer.open(() -> CommitCountFile.open(directory, origin.nonce(), count()));
        return new StateAppender(this, count, closer);
      }
      closer.close();
      return null;
    } catch (CaptureException e) {
      closer.closeAfter(e);
      return null;
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /** Whether nobody has written to it, nor is about to: a log that holds nothing is none. */
  public boolean isAsLeft() {
    return directory.logSize() == 0
        && directory.tailFile().toFile().length() == size
        && stateFile.equals(FileMark.of(directory.stateFile()));
  }

  /** Whether both are of the same moment of the same state, to which nothing was added since. */
  public boolean isSame(ClosedState other) {
    return directory.path().equals(other.directory.path())
        && origin.equals(other.origin)
        && commits == other.commits
        && end.equals(other.end)
        && maxEpoch == other.maxEpoch
        && pageSeed == other.pageSeed
        && rootPage == other.rootPage
        && stateFile.equals(other.stateFile)
        && size == other.size;
  }

  /** Whether its file looked like this when it was closed. */
  boolean isOf(FileMark mark) {
    return stateFile.equals(mark);
  }

  /** Commits, with each transaction that was added counted as one. */
  private long count() {
    return commits + transactions;
  }

  byte[] header() {
    return TailFile.header(origin.nonce(), commits);
  }

  /** Bytes of the appended file. */
  int size() {
    return size;
  }

  /** How many of them are on disk. */
  int synced() {
    return synced;
  }

  /** The hash of what was appended last. */
  long last() {
    return last;
  }

  /** Where the last image of a page is in the appended file; -1 if it has none. */
  int offset(int pageNumber) {
    for (int i = 0; i < pages; i++) {
      if (numbers[i] == pageNumber) {
        return offsets[i];
      }
    }
    return -1;
  }

  /** A transaction is written; nobody has taken it yet. */
  void added(JournalEntry entry, int newSize, long hash) {
    end = entry.position();
    maxEpoch = Math.max(maxEpoch, end.epoch());
    transactions++;
    size = newSize;
    last = hash;
  }

  /** All that was written is on disk. */
  void syncedAll(CommitCountFile count) {
    synced = size;
    count.write(origin.nonce(), count());
  }

  /** An acknowledgement was written. */
  void acknowledged(Position position, int newSize, long hash) {
    size = newSize;
    last = hash;
    usable = end.isWithin(position);
  }

  /** From now on, until it says otherwise, it has to be opened. */
  void unusable() {
    usable = false;
  }

  /** Remembers where the images of a transaction are that was added. */
  void index(TailFile record, int recordOffset) {
    for (int i = 0; i < record.pages(); i++) {
      index(record.pageNumber(i), recordOffset + record.offset(i));
    }
  }

  private void index(int pageNumber, int offset) {
    int i = 0;
    while (i < pages && numbers[i] != pageNumber) {
      i++;
    }
    if (i == numbers.length) {
      numbers = Arrays.copyOf(numbers, i + i / 2 + 2);
      offsets = Arrays.copyOf(offsets, numbers.length);
    }
    numbers[i] = pageNumber;
    offsets[i] = offset;
    pages = Math.max(pages, i + 1);
  }
}
