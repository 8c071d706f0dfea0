// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.api.Position;
import dev.waltap.api.Source;
import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Emitter;
import dev.waltap.decode.Micros;
import dev.waltap.decode.Replica;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.deliver.StagedChanges;
import dev.waltap.deliver.StoppedException;
import dev.waltap.deliver.StoppingListener;
import dev.waltap.diff.TransactionDiff;
import dev.waltap.follow.Counters;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.DatabaseFile;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import dev.waltap.schema.TableFilter;
import dev.waltap.snapshot.Snapshot;
import dev.waltap.state.ClosedState;
import dev.waltap.state.DatabaseIdentity;
import dev.waltap.state.LogPosition;
import dev.waltap.state.StateAppender;
import dev.waltap.wal.LogKeeper;
import dev.waltap.wal.WalPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Emits at once what was committed to a database since its capture ended, on one thread and without
 * a connection, where all of it is in the database file: {@link CaptureSession} does the same for
 * many times the cost, and whatever else there may be to do.
 *
 * <pre>
 *   ParkedCapture ──▶ Replica ──▶ what the file differs in ──▶ state ──▶ queue ──▶ handler
 *                                        ▲ unchanged?
 * </pre>
 *
 * <p>In any doubt nothing is done: before the transaction is added to the state, and so before
 * anything of it is handed out, {@code unchanged} has to confirm that the file was the database,
 * whole, all the time. From then on it is as in a session: what fails is a failure, and the state
 * has what is not delivered.
 */
public final class CatchUp {

  /** So many are compared within some ten milliseconds, without a look at anything else. */
  static final int MOST_PAGES = 1 << 14;

  /** The database has no WAL, or an empty one: the position of a reader of such a one. */
  private static final WalPosition NO_LOG = new WalPosition(0, 0, 0, 0);

  /** Of pages that differ, so much is held uncompressed. */
  private static final long MEMORY = 1 << 20;

  /** Bytes of pages: so many are compared within some ten milliseconds. */
  private static final long MOST_COMPARED = 64 << 20;

  /** Of pages that differ; more than a state takes without being opened is a session's to do. */
  private static final long MOST_BYTES = 8 << 20;

  private final CaptureOptions options;
  private final ChangeQueue queue;
  private final CaptureListener listener;
  private final Counters counters;
  private final StateHolder holder;

  /** One that emits into a queue, and whose acknowledgements come by the holder. */
  public CatchUp(
      CaptureOptions options,
      ChangeQueue queue,
      CaptureListener listener,
      Counters counters,
      StateHolder holder) {
    this.options = options;
    this.queue = queue;
    this.listener = listener;
    this.counters = counters;
    this.holder = holder;
  }

  /** Says that the database did change while it was read. */
  private static final class ChangedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ChangedException() {
      super("changed", null, false, false);
    }
  }

  /**
   * Does it.
   *
   * @param unchanged whether, from before this was called until now, nothing was written to the
   *     database file, and no commit was anywhere else
   * @param deliver delivers what is in the queue, and returns
   * @return what is kept for the next time; null if nothing was done, and only a session can
   * @throws CaptureException where a session would
   */
  public @Nullable ParkedCapture run(
      ParkedCapture parked, BooleanSupplier unchanged, Runnable deliver) {
    ClosedState closed = parked.state();
    long bytes = (long) parked.summary().size() * closed.database().pageSize();
    if (options.rebootstrap() || !mayDo(options) || bytes > MOST_COMPARED) {
      return null;
    }
    try (StateAppender state = closed.append("capture of " + options.database())) {
      return state == null ? null : run(parked, state, unchanged, deliver);
    }
  }

  private @Nullable ParkedCapture run(
      ParkedCapture parked, StateAppender state, BooleanSupplier unchanged, Runnable deliver) {
    try {
      DatabaseFile file = ChannelRegistry.acquireDatabase(parked.state().database().path());
      try {
        return isOf(parked.state().database(), file)
            ? new Turn(parked, state, file, unchanged, deliver).run()
            : null;
      } finally {
        file.release();
      }
    } catch (IOException e) {
      return null; // Before anything was done.
    }
  }

  /**
   * Whether it is the very file that the state is of, in WAL mode, and has this name only: by
   * another, it would have another WAL.
   */
  private static boolean isOf(DatabaseIdentity database, DatabaseFile file) throws IOException {
    byte[] header = new byte[DatabaseHeader.SIZE];
    Map<String, Object> now = Files.readAttributes(database.path(), "unix:fileKey,nlink");
    return file.isStill(database.path())
        && database.fileKey().equals(String.valueOf(now.get("fileKey")))
        && Integer.valueOf(1).equals(now.get("nlink"))
        && file.read(0, header, 0, header.length) == header.length
        && isWal(header);
  }

  private static boolean isWal(byte[] header) {
    try {
      return DatabaseHeader.parse(header).isWal();
    } catch (DatabaseException e) {
      return false; // A session says what is wrong.
    }
  }

  /** Whether what was committed may be emitted as its net effect, and soon is. */
  static boolean mayDo(CaptureOptions options) {
    return options.onGap() == GapPolicy.RECONCILE && options.guard() != GuardMode.ALWAYS;
  }

  /** Which tables are emitted. */
  static TableFilter filter(CaptureOptions options) {
    return new TableFilter(options.tables(), options.excludeTables(), options.excludeColumns());
  }

  /** One run. */
  private final class Turn {
    private final ParkedCapture parked;
    private final StateAppender state;
    private final DatabaseFile file;
    private final BooleanSupplier unchanged;
    private final Runnable deliver;
    private final int pageSize;
    private final PageBuffers buffers;
    private final StagedChanges staged;
    private boolean added;
    private @Nullable Position acknowledged;

    Turn(
        ParkedCapture parked,
        StateAppender state,
        DatabaseFile file,
        BooleanSupplier unchanged,
        Runnable deliver) {
      this.parked = parked;
      this.state = state;
      this.file = file;
      this.unchanged = unchanged;
      this.deliver = deliver;
      this.pageSize = parked.state().database().pageSize();
      this.buffers = new PageBuffers(pageSize, MEMORY / 4);
      this.staged = new StagedChanges(queue, () -> {}, deliver);
    }

    @Nullable ParkedCapture run() {
      try (Replica replica = new Replica(buffers, MEMORY, filter(options))) {
        return run(replica);
      } catch (ChangedException e) {
        return null;
      } catch (DatabaseException | UnknownPageException | UncheckedIOException e) {
        if (added) {
          throw e;
        }
        return null; // A session finds out what is wrong, and says it.
      } catch (CaptureException e) {
        if (added) {
          throw e;
        }
        listener.detail("catching up needs the whole state: " + e.getMessage());
        return null;
      }
    }

    private @Nullable ParkedCapture run(Replica replica) {
      replica.pageSet().seed(parked.state().pageSeed());
      if (!replica.recall(parked.summary(), parked.schema(), state::loadPage)) {
        return null;
      }
      replica.decoder(
          new Emitter(staged, options.schemaEvents(), this::source, LogKeeper.NONE), this::add);
      long begun = System.nanoTime();
      try (PageStore overflow = new PageStore(pageSize, MEMORY / 4)) {
        CommittedTransaction net =
            new CommittedTransaction(new TransactionPages(buffers, overflow, MEMORY / 2));
        if (!compare(replica, net.pages) || (long) net.pages.size() * pageSize > MOST_BYTES) {
          return null;
        }
        if (net.pages.size() == 0) {
          return unchanged.getAsBoolean() ? parked : null;
        }
        emit(replica, net);
      }
      counters.overrun();
      counters.reconcile(System.nanoTime() - begun, true);
      counters.pageSet(replica.pageSet());
      return new ParkedCapture(parked.state(), replica.summary(), parked.schema());
    }

    /** Collects what differs; false if only a session can say what that means. */
    private boolean compare(Replica replica, TransactionPages into) {
      Snapshot snapshot = Snapshot.ofFile(file, pageSize);
      try {
        return replica.compareRows(
            snapshot, into, (done, of) -> StoppingListener.requireRunning(queue));
      } finally {
        snapshot.release();
      }
    }

    private void emit(Replica replica, CommittedTransaction net) {
      ClosedState closed = parked.state();
      LogPosition end =
          new LogPosition(Math.max(closed.end().epoch(), closed.maxEpoch()) + 1, NO_LOG);
      net.committed(end.epoch(), NO_LOG.frame(), Micros.now(), NO_LOG);
      holder.hold(position -> acknowledged = position);
      replica.decoder().decode(net);
      counters.transaction();
      boolean saved;
      try {
        staged.release();
        deliver.run();
      } finally {
        saved = saveAcknowledgement(end);
      }
      if (!saved) {
        throw new StoppedException();
      }
    }

    /** Saves that all was delivered, if so; a handler may have interrupted this thread. */
    private boolean saveAcknowledgement(LogPosition end) {
      Position reached = acknowledged;
      if (reached == null || !end.isWithin(reached)) {
        return false;
      }
      boolean interrupted = Thread.interrupted();
      try {
        state.acknowledge(reached);
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
      return true;
    }

    private Source source() {
      return new Source(SourceName.of(options), parked.state().stream());
    }

    /** The last moment at which nothing has been done. */
    private void add(CommittedTransaction net, TransactionDiff diff, LogKeeper keeper) {
      if (!unchanged.getAsBoolean()) {
        throw new ChangedException();
      }
      listener.detail(
          "the database has no WAL any more: emitting the net changes as one transaction");
      added = true;
      state.add(DurableState.entry(net), DurableState.images(net.pages, diff, keeper));
    }
  }
}
