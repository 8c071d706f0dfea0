// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureOptions.StateLag;
import dev.waltap.api.Position;
import dev.waltap.host.PrivateFiles;
import dev.waltap.io.Closer;
import dev.waltap.io.FileNames;
import dev.waltap.page.PageBuffers;
import dev.waltap.wal.LogKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The durable state of one capture: page set, journal and positions; see the package for how they
 * hang together.
 *
 * <p>For one thread, except {@link #acknowledge}, which any one thread at a time may call. The
 * owner closes it, before the {@link StateLock}. What was added counts once {@link #flush} has
 * returned: only then may its changes be handed out. After an exception nothing but {@link #close}
 * works; what was flushed stays.
 */
public final class StateStore implements AutoCloseable {
  private final StateLock lock;
  private final StateFile file;
  private final PreparedStatement writeHead;
  private final PageTable pages;
  private final JournalWriter journal;
  private final JournalGroups groups;
  private final PageBuffers buffers;
  private final StateHeader head;
  private final CommitCountFile commitCountFile;
  private final @Nullable Object fileKey;
  private StateOrigin origin;
  private long added;
  private boolean begun;
  private boolean unsynced;
  private boolean dirty;
  private final Closer closer;
  private boolean closed;
  private int unfinished;
  private boolean failed;
  private @Nullable Throwable failure;
  private volatile @Nullable Position toAcknowledge;

  private StateStore(StateLock lock, Closer closer) throws SQLException {
    this.lock = lock;
    this.closer = closer;
    this.file = closer.open(() -> StateFile.open(lock.directory().stateFile()));
    this.origin = StateOrigin.read(file);
    this.head = StateHeader.read(file);
    int pageSize = origin.database().pageSize();
    this.pages = PageTable.open(file, head, pageSize);
    this.journal = new JournalWriter(file, pageSize, head.journalled);
    this.groups = JournalGroups.read(file, head);
    this.buffers = new PageBuffers(pageSize);
    this.writeHead = StateHeader.statement(file);
    this.fileKey = fileKey();
    this.commitCountFile =
        closer.open(() -> CommitCountFile.open(lock.directory(), origin.nonce(), head.commits));
    this.toAcknowledge = head.acknowledged;
  }

  /**
   * Opens the state of a directory that is held.
   *
   * @throws CaptureException REFUSED if there is none, or one that is damaged or of another
   *     version; FAILED if it can't be read and written
   */
  public static StateStore open(StateLock lock) {
    StateDirectory directory = lock.directory();
    if (!directory.exists()) {
      throw StateErrors.refused("there is no state in " + directory + ": run setup first");
    }
    Closer closer = new Closer();
    try {
      return new StateStore(lock, closer);
    } catch (SQLException e) {
      throw closer.closeAfter(e, failure -> StateErrors.sql(directory.stateFile(), failure));
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /** The database that the state was made for, or was last {@link #adopt adopted} for. */
  public DatabaseIdentity database() {
    return origin.database();
  }

  /**
   * The identity of the stream of changes: the same as long as positions go on, and another for any
   * other state. Of what was drawn at setup, so that states made by older versions have one, too.
   */
  public String stream() {
    return origin.stream();
  }

  /** The end of the transaction as of which the page table is. */
  public LogPosition base() {
    return head.base;
  }

  /** The end of the last transaction that was flushed, from which the WAL is read on. */
  public LogPosition end() {
    return head.last;
  }

  /** Whether all that was ever added is acknowledged, and that is saved. */
  public boolean isSettled() {
    Position acknowledged = head.acknowledged;
    return acknowledged != null && head.last.isWithin(acknowledged);
  }

  /** The saved position; null until the bootstrap of an undelivered baseline was acknowledged. */
  public @Nullable Position acknowledged() {
    return head.acknowledged;
  }

  /** The largest epoch given out. */
  public long maxEpoch() {
    return head.epoch.number();
  }

  /** Bytes on disk of transactions that are not compacted yet: what a slow consumer makes grow. */
  public long journalBytes() {
    return groups.bytes();
  }

  /** What was kept under this name, null if nothing was. */
  public @Nullable String property(String name) {
    String[] value = new String[1];
    work(() -> value[0] = StateProperties.read(file, name));
    return value[0];
  }

  /** Keeps a text under a name, durably when the next {@link #flush} has returned. */
  public void property(String name, String value) {
    work(
        () -> {
          begin();
          StateProperties.write(file, name, value);
          dirty = true;
        });
  }

  /** Makes the state that of another database file, one that its identity has accepted. */
  public void adopt(DatabaseIdentity now) {
    if (!database().match(now).accepted()) {
      throw StateErrors.refused(database().explain(now));
    }
    work(
        () -> {
          origin = origin.with(now);
          begin();
          origin.write(file);
          dirty = true;
        });
    flush();
  }

  /**
   * Adds a transaction, after all others in position, to what the next {@link #flush} makes
   * durable. Its pages are read at once.
   */
  public void add(JournalEntry entry, JournalEntry.Pages images) {
    if (entry.position().isWithin(head.last.position())) {
      throw new IllegalArgumentException(entry.position() + " is not after " + head.last);
    }
    work(
        () -> {
          begin();
          journal.add(entry, images);
          head.last = entry.position();
          if (head.last.epoch() > head.epoch.number()) {
            head.epoch = new StateHeader.Epoch(head.last.epoch(), head.last.wal().salts());
          }
          added++;
        });
  }

  /**
   * Says that the handler took everything up to here; the position must be of the end of a
   * transaction that was flushed. Cheap: saved with the next {@link #flush}. An earlier position
   * than the last does nothing.
   */
  public void acknowledge(Position position) {
    Position last = toAcknowledge;
    if (last == null || position.compareTo(last) > 0) {
      toAcknowledge = position;
    }
  }

  /**
   * Makes durable what was added, acknowledged and given out; one sync, none if there is nothing.
   */
  public void flush() {
    work(
        () -> {
          takeAcknowledgement();
          if (added == 0 && !dirty) {
            return;
          }
          begin();
          if (added > 0) {
            journal.endGroup(added, head.last);
            head.journalled = journal.lastId();
            groups.add(head.journalled, head.last, added, journal.takePackedBytes());
            added = 0;
          }
          commit();
        });
  }

  /** Whether there is something to compact, and it is time to. */
  public boolean isCompactionDue(StateLag lag) {
    Position acknowledged = toAcknowledge;
    return acknowledged != null && groups.isDue(acknowledged, lag);
  }

  /**
   * Moves the page table on by what was acknowledged, in one commit, and flushes. One transaction
   * is compacted as a whole, however large.
   *
   * @param time after which no further transactions are begun
   * @param keeper called every now and then, since one transaction may be of any size
   * @return whether there is more to compact
   */
  public boolean compact(Duration time, LogKeeper keeper) {
    flush();
    long end = System.nanoTime() + time.toNanos();
    Position acknowledged = head.acknowledged;
    work(
        () -> {
          JournalGroups.Group group = groups.compactable(acknowledged);
          if (group == null) {
            return;
          }
          begin();
          JournalReader reader = new JournalReader(file, buffers);
          JournalCompactor compactor = new JournalCompactor(pages, buffers, keeper);
          do {
            reader.read(head.compacted, group.id(), acknowledged, compactor);
            head.compacted = group.id();
            groups.removeFirst();
            group = groups.compactable(acknowledged);
          } while (group != null && !compactor.isFull() && System.nanoTime() - end < 0);
          compactor.finish();
          LogPosition last = reader.last();
          if (last != null) {
            head.base = last;
          }
          file.run("DELETE FROM journal WHERE id <= " + head.compacted);
          commit();
        });
    return groups.compactable(acknowledged) != null;
  }

  /** The seed of the hashes of its pages, a secret; none in a state of an older version. */
  public OptionalLong pageSeed() {
    return pages.seed();
  }

  /**
   * Hands out the page set as of {@link #base}, every page checked.
   *
   * @param receiver gets the pages in order of number
   * @throws CaptureException REFUSED if anything differs from what was saved; the receiver may have
   *     got pages by then
   */
  public void loadPages(StoredPages receiver) {
    work(() -> pages.load(receiver));
  }

  /** Replays the transactions from {@link #base} to {@link #end}, checked as pages are. */
  public void replay(PageBuffers arrays, JournalEntry.Receiver receiver) {
    flush();
    work(
        () -> {
          JournalReader reader = new JournalReader(file, arrays);
          reader.read(head.compacted, head.journalled, head.acknowledged, receiver);
          LogPosition last = reader.last();
          if (!(last == null ? head.base : last).equals(head.last)) {
            throw StateErrors.corrupt(file.path(), "its journal ends too early", null);
          }
        });
  }

  /**
   * Begins a baseline that takes the place of this state when it is finished; until then this one
   * stays as it is, and open. Its epochs go on.
   *
   * @param at in an epoch of its own
   * @param acknowledged see {@link BaselineWriter#create}
   * @param seed likewise
   */
  public BaselineWriter replace(
      DatabaseIdentity database, LogPosition at, boolean acknowledged, long seed) {
    if (at.isWithin(head.last.position())) {
      throw new IllegalArgumentException(at + " is not after " + head.last);
    }
    flush();
    StateHeader next = new StateHeader(at, acknowledged ? at.position() : null);
    if (head.epoch.number() > next.epoch.number()) {
      next.epoch = head.epoch;
    }
    return BaselineWriter.replace(this, lock, origin.nonce(), head.commits, database, next, seed);
  }

  /** What the state holds right now. */
  public StateStatus status() {
    StateStatus[] status = new StateStatus[1];
    work(() -> status[0] = StateStatus.of(lock.directory(), file, origin, head, groups));
    return Objects.requireNonNull(status[0]);
  }

  private void takeAcknowledgement() {
    Position acknowledged = toAcknowledge;
    // A position before the base, as of an undelivered baseline, says nothing about what is held.
    if (acknowledged == null
        || acknowledged.equals(head.acknowledged)
        || !head.base.isWithin(acknowledged)) {
      return;
    }
    Position end = added == 0 ? head.last.position() : groups.end(head.base);
    if (!LogPosition.isWithin(acknowledged.epoch(), acknowledged.frame(), end)) {
      throw new IllegalArgumentException(
          acknowledged + " was acknowledged, but is not journalled: " + end);
    }
    head.acknowledged = acknowledged;
    dirty = true;
  }

  private void begin() throws SQLException {
    if (!begun) {
      file.run("BEGIN IMMEDIATE");
      begun = true;
    }
  }

  private void commit() throws SQLException {
    head.commits++;
    head.write(writeHead);
    file.run("COMMIT");
    begun = false;
    dirty = false;
    requireSameFile();
    commitCountFile.write(origin.nonce(), head.commits);
  }

  private void requireSameFile() {
    if (fileKey != null && !fileKey.equals(fileKey())) {
      // SQLite continues writing to a file that has no name any more, and nobody will find it.
      throw StateErrors.gone(file.path());
    }
  }

  private @Nullable Object fileKey() {
    try {
      return Files.readAttributes(file.path(), BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  /** Runs a pragma on the connection: how tests make the disk fail. */
  void pragma(String pragma) throws SQLException {
    file.run("PRAGMA " + pragma);
  }

  /** Leaves {@code state.db} without any WAL, and closed. */
  void retire() throws SQLException {
    file.run("PRAGMA journal_mode=DELETE");
    close();
  }

  /**
   * The commit before the end, which SQLite syncs as it closes the file: the log, before it goes
   * into the database, and that. So it takes no sync of its own. Until then it may be lost, with
   * the power, and must not be counted by the other file yet; a count that says less is none that
   * is wrong.
   */
  private void saveLast() throws SQLException {
    takeAcknowledgement();
    if (added > 0 || begun) {
      flush();
    } else if (dirty) {
      file.run("PRAGMA synchronous=NORMAL");
      unsynced = true;
      begin();
      head.commits++;
      head.write(writeHead);
      file.run("COMMIT");
      begun = false;
      dirty = false;
      requireSameFile();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    try (Closer all = closer) {
      if (!failed && unfinished == 0) {
        // What was added and not handed out is emitted from the journal next time; what was handed
        // out and acknowledged since the last flush must not be emitted again.
        work(this::saveLast);
      }
    } finally {
      closed = true;
    }
    syncLast();
  }

  /** Whoever else has the file open, to look at it, keeps SQLite from syncing as it is closed. */
  private void syncLast() {
    Path log = FileNames.beside(file.path(), "-wal");
    if (unsynced && Files.exists(log)) {
      try {
        PrivateFiles.sync(log);
      } catch (NoSuchFileException e) {
        return; // Closed by the other one, and synced.
      } catch (IOException e) {
        throw StateErrors.io(log, e);
      }
    }
  }

  /** Work on the file. */
  private interface Work {
    void run() throws SQLException;
  }

  private void work(Work work) {
    if (closed) {
      throw new IllegalStateException("the state is closed");
    }
    requireUsable();
    // Counted back only when it was done, so that close() does not commit a half, whatever ends
    // this: also an Error in the caller's own code, also one thrown while another is handled.
    unfinished++;
    try {
      work.run();
      unfinished--;
    } catch (SQLException e) {
      failed = true;
      throw rollBack(StateErrors.sql(file.path(), e));
    } catch (JournalCompactor.SpillException e) {
      failed = true;
      throw rollBack(StateErrors.sql(file.path(), e.sql()));
    } catch (Throwable e) {
      failed = true;
      rollBack(e);
      throw e;
    }
  }

  private void requireUsable() {
    if (!failed) {
      return;
    }
    if (failure instanceof CaptureException earlier) {
      throw earlier;
    }
    throw new CaptureException(
        CaptureException.Reason.FAILED,
        FileNames.text(file.path())
            + ": an earlier failure ended the work on it: start the capture again",
        failure);
  }

  /** What was begun is undone; if not even that works, SQLite undoes it when it is opened next. */
  private <X extends Throwable> X rollBack(X cause) {
    failure = cause;
    if (begun) {
      begun = false;
      try {
        file.run("ROLLBACK");
      } catch (SQLException e) {
        cause.addSuppressed(e);
      }
    }
    return cause;
  }
}
