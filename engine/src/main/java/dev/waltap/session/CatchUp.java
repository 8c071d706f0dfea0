// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.follow.Counters;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.io.ChannelRegistry;
import dev.waltap.io.DatabaseFile;
import dev.waltap.schema.TableFilter;
import dev.waltap.state.ClosedState;
import dev.waltap.state.DatabaseIdentity;
import dev.waltap.state.StateAppender;
import dev.waltap.wal.AppendedCommits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Emits at once what was committed to a database since its capture ended, on one thread and without
 * a connection, where all of it is in one place: {@link CaptureSession} does the same for many
 * times the cost, and whatever else there may be to do.
 *
 * <pre>
 *                   ┌─▶ FileDifference ─┐
 *   ParkedCapture ──┤                   ├─▶ CatchUpTurn ──▶ state, queue, handler
 *                   └─▶ LoggedCommits ──┘
 * </pre>
 *
 * <p>In any doubt nothing is done: before anything is added to the state, and so before anything is
 * handed out, {@link MissedCommits#isProven} has to confirm that what was found is all. From then
 * on it is as in a session: what fails is a failure, and the state has what is not delivered.
 */
public final class CatchUp {

  /**
   * What a turn came to.
   *
   * @param parked what the next one goes on from; null if nothing was done
   */
  public record Result(Outcome outcome, @Nullable ParkedCapture parked) {
    private static final Result UNKNOWN = new Result(Outcome.UNKNOWN, null);
    private static final Result PENDING = new Result(Outcome.PENDING, null);
  }

  /** What there was to do. */
  public enum Outcome {
    /** Nothing was done: only a session can find out what there is to do. */
    UNKNOWN,
    /** Nothing was done, since a transaction may be about to be committed. */
    PENDING,
    /** There was nothing to do. */
    NOTHING,
    /** All that there was is emitted and delivered. */
    EMITTED
  }

  /** So many are compared within some ten milliseconds, without a look at anything else. */
  static final int MOST_PAGES = 1 << 14;

  /** Of pages that differ; more than a state takes without being opened is a session's to do. */
  static final long MOST_BYTES = 8 << 20;

  /** Bytes of pages: so many are compared within some ten milliseconds. */
  private static final long MOST_COMPARED = 64 << 20;

  final CaptureOptions options;
  final ChangeQueue queue;
  final CaptureListener listener;
  final Counters counters;
  final StateHolder holder;

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

  /**
   * Does it.
   *
   * @param inLog whether the database file is as it was, so that all is in the WAL, which others
   *     have open: each transaction is emitted as it was committed. Else the database file is the
   *     whole database: what it differs in is emitted as one transaction
   * @param unchanged whether nothing was written to the database file until now: in the log since
   *     the capture ended; else since before this was called, and no commit was anywhere else
   * @param deliver delivers what is in the queue, and returns
   * @throws CaptureException where a session would
   */
  public Result run(
      ParkedCapture parked, boolean inLog, BooleanSupplier unchanged, Runnable deliver) {
    ClosedState closed = parked.state();
    long bytes = (long) parked.summary().size() * closed.database().pageSize();
    if (options.rebootstrap() || !mayDo(options) || (!inLog && bytes > MOST_COMPARED)) {
      return Result.UNKNOWN;
    }
    try {
      DatabaseFile file = ChannelRegistry.acquireDatabase(closed.database().path());
      try {
        if (!isOf(closed.database(), file)) {
          return Result.UNKNOWN;
        }
        return inLog
            ? inLog(parked, unchanged, deliver)
            : inFile(parked, new FileDifference(closed, file, queue, unchanged), deliver);
      } finally {
        file.release();
      }
    } catch (IOException e) {
      return Result.UNKNOWN; // Before anything was done.
    }
  }

  private Result inFile(ParkedCapture parked, FileDifference missed, Runnable deliver) {
    long begun = System.nanoTime();
    Result result = turn(parked, missed, true, deliver);
    if (result.outcome() == Outcome.EMITTED) {
      counters.overrun();
      counters.reconcile(System.nanoTime() - begun, true);
      listener.detail("the database had no WAL any more: its net changes were emitted");
    }
    return result;
  }

  private Result inLog(ParkedCapture parked, BooleanSupplier unchanged, Runnable deliver)
      throws IOException {
    ClosedState closed = parked.state();
    DatabaseIdentity database = closed.database();
    try (AppendedCommits log =
        AppendedCommits.open(
            database.path(), database.pageSize(), closed.end().wal(), parked.isInFile())) {
      if (log == null) {
        return Result.UNKNOWN;
      }
      LoggedCommits missed = new LoggedCommits(closed, log, unchanged);
      return switch (look(log)) {
        case UNKNOWN -> Result.UNKNOWN;
        case PENDING -> Result.PENDING;
        case NOTHING ->
            missed.isProven() && closed.isAsLeft()
                ? new Result(Outcome.NOTHING, parked.inFile(log.isInFile()))
                : Result.UNKNOWN;
        case COMMITS -> {
          Result result = turn(parked, missed, false, deliver);
          if (result.outcome() == Outcome.EMITTED) {
            counters.frames(missed.frames());
          }
          yield result;
        }
      };
    }
  }

  private static AppendedCommits.Outcome look(AppendedCommits log) throws IOException {
    try {
      return log.look();
    } catch (DatabaseException | UncheckedIOException e) {
      return AppendedCommits.Outcome.UNKNOWN; // A session says what is wrong.
    }
  }

  private Result turn(
      ParkedCapture parked, MissedCommits missed, boolean inFile, Runnable deliver) {
    try (StateAppender state = parked.state().append("capture of " + options.database())) {
      ParkedCapture left =
          state == null ? null : new CatchUpTurn(this, parked, state, missed, deliver).run();
      if (left == null) {
        return Result.UNKNOWN;
      }
      Outcome outcome = left == parked ? Outcome.NOTHING : Outcome.EMITTED;
      return new Result(outcome, left.inFile(inFile));
    }
  }

  /** The epoch of what does not follow on the last commit in its generation of the log. */
  static long nextEpoch(ClosedState state) {
    return Math.max(state.end().epoch(), state.maxEpoch()) + 1;
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
}
