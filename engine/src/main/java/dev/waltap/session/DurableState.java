// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureOptions.StateLag;
import dev.waltap.api.Position;
import dev.waltap.api.TableSchema;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Journal;
import dev.waltap.decode.Replica;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.io.Closer;
import dev.waltap.page.PackedPage;
import dev.waltap.page.PageSet;
import dev.waltap.page.TransactionPages;
import dev.waltap.state.BaselineWriter;
import dev.waltap.state.ClosedState;
import dev.waltap.state.DatabaseIdentity;
import dev.waltap.state.JournalEntry;
import dev.waltap.state.LogPosition;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateLock;
import dev.waltap.state.StateStore;
import dev.waltap.wal.LogKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state directory in the hands of one session: made on first use, journalled into before
 * changes are emitted, compacted when there is time. For the capture thread, except {@link
 * #acknowledge}.
 */
final class DurableState implements Journal, AutoCloseable {
  private static final Duration COMPACTION_TIME = Duration.ofMillis(5);
  private static final String PENDING_BOOTSTRAP = "bootstrap";
  private static final int PAGES_BETWEEN_PUMPS = 64;

  private final StateLock lock;
  private final DatabaseIdentity identity;
  private final StateLag lag;
  private volatile @Nullable StateStore store;
  private boolean replaying;

  private DurableState(
      StateLock lock, DatabaseIdentity identity, StateLag lag, @Nullable StateStore store) {
    this.lock = lock;
    this.identity = identity;
    this.lag = lag;
    this.store = store;
  }

  /**
   * Takes hold of the directory, which is made if it isn't there.
   *
   * @throws CaptureException REFUSED if another capture holds it, or it is of another database
   */
  static DurableState open(
      Path directory, DatabaseIdentity identity, StateLag lag, String command) {
    StateDirectory state = StateDirectory.at(directory);
    state.create();
    Closer closer = new Closer();
    try {
      StateLock lock = closer.open(() -> state.hold(command));
      StateStore store = state.exists() ? closer.open(() -> StateStore.open(lock)) : null;
      if (store != null && !store.database().match(identity).accepted()) {
        throw new CaptureException(Reason.REFUSED, store.database().explain(identity));
      }
      return new DurableState(lock, identity, lag, store);
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /** Whether there is a baseline. */
  boolean exists() {
    return store != null;
  }

  StateStore store() {
    StateStore current = store;
    if (current == null) {
      throw new IllegalStateException("there is no state yet");
    }
    return current;
  }

  /** Whether the database is the very file that the state was saved for. */
  boolean isSameFile() {
    return store().database().match(identity) == DatabaseIdentity.Match.SAME;
  }

  /** Makes the state that of the database at hand, once it was reconciled with it. */
  void adopt() {
    if (!isSameFile()) {
      store().adopt(identity);
    }
  }

  /** Whether a bootstrap was begun whose rows were not all delivered. */
  boolean isBootstrapPending() {
    return store().acknowledged() == null && store().property(PENDING_BOOTSTRAP) != null;
  }

  /** The filters under which the state's transactions were emitted. */
  FilterHistory filters() {
    String property = store().property(FilterHistory.PROPERTY);
    try {
      return FilterHistory.load(property == null ? "" : property);
    } catch (IllegalArgumentException e) {
      throw new CaptureException(
          Reason.REFUSED,
          "the state is damaged (it does not say which tables were emitted): it will not be used,"
              + " since changes could be missed; run teardown and setup, and bootstrap again",
          e);
    }
  }

  /** The tables that the bootstrap which was begun last emits as dropped. */
  List<TableSchema> gone() {
    String property = store().property(KnownTables.PROPERTY);
    try {
      return KnownTables.load(property == null ? "" : property);
    } catch (IllegalArgumentException e) {
      throw new CaptureException(
          Reason.REFUSED,
          "the state is damaged (it does not say which tables are gone): it will not be used; run"
              + " teardown and setup, and bootstrap again",
          e);
    }
  }

  /** The transaction added next is the first under these filters. */
  void filters(FilterHistory filters) {
    store().property(FilterHistory.PROPERTY, filters.store());
  }

  /**
   * Writes a baseline, in place of an earlier one.
   *
   * @param use what becomes of its rows
   * @param gone tables that a bootstrap emits as dropped
   * @param pump called every now and then
   */
  void baseline(
      PageSet pages,
      LogPosition at,
      BaselineUse use,
      FilterHistory filters,
      List<TableSchema> gone,
      Runnable pump) {
    StateStore earlier = store;
    boolean acknowledged = use == BaselineUse.CHANGES_ONLY;
    try (BaselineWriter writer =
        earlier == null
            ? BaselineWriter.create(lock, identity, at, acknowledged, pages.seed())
            : earlier.replace(identity, at, acknowledged, pages.seed())) {
      PackedPage packed = new PackedPage();
      int written = 0;
      for (int page : pages.pageNumbers()) {
        pages.packed(page, packed);
        writer.put(page, packed);
        if (++written % PAGES_BETWEEN_PUMPS == 0) {
          pump.run();
        }
      }
      writer.property(FilterHistory.PROPERTY, filters.store());
      if (use == BaselineUse.BOOTSTRAP) {
        writer.property(PENDING_BOOTSTRAP, at.position().toString());
        writer.property(KnownTables.PROPERTY, KnownTables.store(gone));
      }
      store = writer.finish();
    }
  }

  /** What is emitted comes from the journal itself. */
  void replaying(boolean on) {
    replaying = on;
  }

  @Override
  public void add(CommittedTransaction transaction, TransactionDiff diff, LogKeeper keeper) {
    if (replaying) {
      return;
    }
    store().add(entry(transaction), images(transaction.pages, diff, keeper));
  }

  /** A transaction as the state keeps it, but for its pages. */
  static JournalEntry entry(CommittedTransaction transaction) {
    LogPosition end = new LogPosition(transaction.epoch(), transaction.walPosition());
    return new JournalEntry(end, transaction.timestampMicros(), transaction.pages.databaseSize());
  }

  /** Those of its pages that the state keeps. */
  static JournalEntry.Pages images(TransactionPages pages, TransactionDiff diff, LogKeeper keeper) {
    return sink -> {
      for (int i = 0; i < pages.size(); i++) {
        if (i % LogKeeper.PAGES == LogKeeper.PAGES - 1) {
          keeper.keepUp();
        }
        int number = pages.pageNumber(i);
        byte[] image = pages.get(number);
        if (image != null && diff.needs(number)) {
          sink.put(number, image);
        }
      }
    };
  }

  /**
   * The session ends in order, its replica as of the last transaction that was added: what that
   * holds is kept beside the pages, if all that was emitted is acknowledged when this is closed.
   *
   * @param detail gets why it could not be kept
   */
  void endsInOrder(Replica replica, Consumer<String> detail) {
    StateStore current = store;
    if (current != null) {
      current.summarize(replica::summary, detail);
    }
  }

  /** What was closed; null unless nothing was left to emit, and all was saved. */
  @Nullable ClosedState closed() {
    StateStore current = store;
    return current == null ? null : current.closed();
  }

  /** Whether nothing is left to be acknowledged, and all that was is saved. */
  boolean isSettled() {
    StateStore current = store;
    return current == null || current.isSettled();
  }

  /** Makes durable what was added. */
  void flush() {
    StateStore current = store;
    if (current != null) {
      current.flush();
    }
  }

  /** Compacts a little of the journal, if it is due. */
  void upkeep(LogKeeper keeper) {
    StateStore current = store;
    if (current != null && !replaying && current.isCompactionDue(lag)) {
      current.compact(COMPACTION_TIME, keeper);
    }
  }

  /** The handler took everything up to here. From the handler's thread. */
  void acknowledge(Position position) {
    StateStore current = store;
    if (current != null) {
      current.acknowledge(position);
    }
  }

  @Override
  public void close() {
    try (StateLock held = lock) {
      StateStore current = store;
      if (current != null) {
        current.close();
      }
    }
  }
}
