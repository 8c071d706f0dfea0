// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureOptions.StateLag;
import dev.waltap.api.Position;
import dev.waltap.btree.PageSummary;
import dev.waltap.io.Closer;
import dev.waltap.page.PageBuffers;
import dev.waltap.wal.LogKeeper;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
  private final StateProperties properties;
  private final PageTable pages;
  private final JournalWriter journal;
  private final JournalGroups groups;
  private final PageBuffers buffers;
  private final StateHeader head;
  private final StateCommits commits;
  private StateOrigin origin;
  private boolean dirty;
  private boolean newlyAcknowledged;
  private final Closer closer;
  private boolean closed;
  private int unfinished;
  private boolean failed;
  private @Nullable Throwable failure;
  private volatile @Nullable Position toAcknowledge;
  private final SummaryTable summaries;
  private final ClosingSummary closing;
  private int rootPage;
  private @Nullable ClosedState closedState;

  private StateStore(StateLock lock, Closer closer) throws SQLException {
    this.lock = lock;
    this.closer = closer;
    this.file = closer.open(() -> StateFile.openReading(lock.directory().stateFile()));
    this.origin = StateOrigin.read(file);
    this.head = StateHeader.read(file);
    int pageSize = origin.database().pageSize();
    this.properties = StateProperties.load(file);
    this.pages = PageTable.open(file, head, properties, pageSize);
    this.journal = new JournalWriter(file, pageSize, head.journalled);
    this.groups = JournalGroups.read(file, head);
    this.buffers = new PageBuffers(pageSize);
    TailContent tail = TailContent.read(lock.directory());
    boolean tailFollows = tail.follows(origin.nonce(), head);
    if (tailFollows) {
      head.commits += tail.transactions().size(); // Each was counted.
    }
    this.commits = new StateCommits(lock.directory(), file, head, origin.nonce(), closer);
    this.toAcknowledge = head.acknowledged;
    this.summaries = new SummaryTable(file);
    this.closing = new ClosingSummary(file, head, groups, pages, commits, summaries);
    if (tailFollows) {
      takeIn(tail);
    }
    tail.clear();
  }

  /**
   * Takes into the journal what was added while the state was closed. In one commit, after which it
   * does not follow the state any more: a crash before or after makes no difference.
   */
  private void takeIn(TailContent tail) throws SQLException {
    commits.begin();
    for (TailContent.Transaction each : tail.transactions()) {
      journal(each.entry(), tail.pages(each, database().pageSize()));
    }
    journal.endGroup(head, groups);
    Position later = tail.acknowledged();
    if (later != null) {
      head.acknowledged = later;
      toAcknowledge = later;
    }
    commit();
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
    work(() -> value[0] = properties.read(name));
    return value[0];
  }

  /** Keeps a text under a name, durably when the next {@link #flush} has returned. */
  public void property(String name, String value) {
    work(
        () -> {
          commits.begin();
          properties.write(file, name, value);
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
          commits.begin();
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
    work(() -> journal(entry, images));
  }

  private void journal(JournalEntry entry, JournalEntry.Pages images) throws SQLException {
    commits.begin();
    journal.add(entry, images);
    head.last = entry.position();
    if (head.last.epoch() > head.epoch.number()) {
      head.epoch = new StateHeader.Epoch(head.last.epoch(), head.last.wal().salts());
    }
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
   * Makes durable what was added and given out; one sync, none if there is nothing. What is only
   * acknowledged is saved without one: the loss of power may take it away, a killed process not.
   */
  public void flush() {
    work(
        () -> {
          file.endReading();
          save();
        });
  }

  private void save() throws SQLException {
    takeAcknowledgement();
    if (journal.added() == 0 && !dirty) {
      if (newlyAcknowledged) {
        commits.beginUnsynced();
        commit();
      }
      return;
    }
    commits.begin();
    if (journal.added() > 0) {
      journal.endGroup(head, groups);
    }
    commit();
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
          if (groups.compactable(acknowledged) == null) {
            return;
          }
          commits.begin();
          JournalCompactor.run(file, head, groups, pages, buffers, keeper, end);
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

  /**
   * What the pages are as of {@link #base}, for whoever does not load them; null if it is not
   * known.
   */
  public @Nullable PageSummary summary() {
    PageSummary[] summary = new PageSummary[1];
    work(() -> summary[0] = summaries.read(head));
    return summary[0];
  }

  /**
   * Loads one of the pages of the {@link #summary}, of which no transaction that was added or
   * replayed since has written another image.
   *
   * @throws CaptureException REFUSED if it is not the one that was saved
   */
  public void loadPage(int pageNumber, long hash, byte[] to) {
    work(() -> pages.load(pageNumber, hash, to));
  }

  /**
   * Says what the pages are as of {@link #end}, so that it is kept when this is closed: if all is
   * acknowledged by then, and what is left to compact is little. Nothing is added any more.
   *
   * @param summary asked on the thread that closes this
   * @param detail there, too, gets why it could not be kept, which is no error
   */
  public void summarize(Supplier<PageSummary> summary, Consumer<String> detail) {
    closing.of(summary, detail);
  }

  /** Replays the transactions from {@link #base} to {@link #end}, checked as pages are. */
  public void replay(PageBuffers arrays, JournalEntry.Receiver receiver) {
    work(
        () -> {
          save();
          JournalReader reader = new JournalReader(file, arrays);
          if (head.compacted != head.journalled) {
            reader.read(head.compacted, head.journalled, head.acknowledged, receiver);
          }
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
    Position end = journal.added() == 0 ? head.last.position() : groups.end(head.base);
    if (!LogPosition.isWithin(acknowledged.epoch(), acknowledged.frame(), end)) {
      throw new IllegalArgumentException(
          acknowledged + " was acknowledged, but is not journalled: " + end);
    }
    head.acknowledged = acknowledged;
    newlyAcknowledged = true;
  }

  private void commit() throws SQLException {
    commits.commit();
    dirty = false;
    newlyAcknowledged = false;
  }

  /** Runs a pragma on the connection: how tests make the disk fail. */
  void pragma(String pragma) throws SQLException {
    file.endReading();
    file.run("PRAGMA " + pragma);
  }

  /** Leaves {@code state.db} without any WAL, and closed. */
  void retire() throws SQLException {
    file.run("PRAGMA journal_mode=DELETE");
    close();
  }

  private void saveLast() throws SQLException {
    takeAcknowledgement();
    if (journal.added() > 0 || commits.isBegun()) {
      save();
      return;
    }
    if (newlyAcknowledged) {
      commits.beginUnsynced();
      commit();
    }
    if (isSettled()) {
      if (closing.save(buffers) && head.base.equals(head.last) && file.isSeeded()) {
        rootPage = file.rootPage();
      }
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
    commits.syncLast();
    closedState = ClosedState.of(lock.directory(), origin, head, pageSeed(), rootPage);
  }

  /**
   * What was closed, for whoever adds to it without opening it; before it is closed, null. Also
   * null unless it was closed in order, all acknowledged and compacted into its pages, with nothing
   * left in a log.
   */
  public @Nullable ClosedState closed() {
    return closedState;
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
    throw StateErrors.ended(file.path(), failure);
  }

  /** What was begun is undone; if not even that works, SQLite undoes it when it is opened next. */
  private <X extends Throwable> X rollBack(X cause) {
    failure = cause;
    commits.rollBack(cause);
    return cause;
  }
}
