// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.CaptureOptions.StateLag;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.api.WakeSignal;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.capture.CaptureEngine;
import dev.waltap.memory.CaptureMemory;
import dev.waltap.memory.MemoryPool;
import dev.waltap.wake.WakeSignals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Describes a capture; made by {@link Waltap#open}. Every option is checked where it is given, and
 * throws {@link IllegalArgumentException} in words. For one thread; may build more than once.
 */
public final class CaptureBuilder {

  private static final long MIB = 1L << 20;
  private static final long MAX_PAGE_SET = 128 * MIB;

  private final Path database;
  private List<String> tables = List.of();
  private List<String> excludeTables = List.of();
  private List<String> excludeColumns = List.of();
  private ChangesHandler handler = CaptureBuilder::noHandler;
  private @Nullable Path stateDirectory;
  private int batchSize = 256;
  private GapPolicy onGap = GapPolicy.RECONCILE;
  private GuardMode guard = GuardMode.ADAPTIVE;
  private long walLimit = CaptureOptions.DEFAULT_WAL_LIMIT;
  private Duration flushInterval = CaptureOptions.DEFAULT_FLUSH_INTERVAL;
  private Supplier<WakeSignal> wakeSignal = WakeSignals::walIndexPolling;
  private boolean schemaEvents = true;
  private boolean rebootstrap;
  private boolean once;
  private int queueChanges = 8192;
  private long queueBytes;
  private @Nullable MemoryPool queueFrom;
  private long pageSetMemory;
  private @Nullable MemoryPool pagesFrom;
  private StateLag stateLag = StateLag.DEFAULT;
  private @Nullable CaptureListener listener;
  private @Nullable String sourceName;

  CaptureBuilder(Path database) {
    this.database = Objects.requireNonNull(database, "database");
    // A small heap gives a part of itself: the defaults must not be what exhausts it.
    long heap = Runtime.getRuntime().maxMemory();
    this.queueBytes = Math.min(16 * MIB, heap / 16);
    this.pageSetMemory = Math.min(MAX_PAGE_SET, heap / 8);
  }

  /** Captures the tables that match one of these globs (all ordinary tables). */
  public CaptureBuilder tables(String... globs) {
    this.tables = named("table", globs);
    return this;
  }

  /** Leaves out the tables that match one of these globs (none). */
  public CaptureBuilder excludeTables(String... globs) {
    this.excludeTables = named("table", globs);
    return this;
  }

  /** Leaves out the columns that match one of these globs {@code table.column} (none). */
  public CaptureBuilder excludeColumns(String... globs) {
    List<String> columns = named("column", globs);
    for (String column : columns) {
      int dot = column.indexOf('.');
      check(
          dot > 0 && dot < column.length() - 1,
          "the column '" + column + "' to exclude must be written TABLE.COLUMN");
    }
    this.excludeColumns = columns;
    return this;
  }

  /** Hands the changes to this handler. */
  public CaptureBuilder handler(ChangesHandler handler) {
    this.handler = Objects.requireNonNull(handler, "handler");
    return this;
  }

  /**
   * Keeps position and page set in this directory, which is set up if it does not exist (none: only
   * a directory that is named here is ever used).
   */
  public CaptureBuilder stateDirectory(Path directory) {
    this.stateDirectory = Objects.requireNonNull(directory, "directory");
    return this;
  }

  /** Keeps no state: undoes {@link #stateDirectory}. */
  public CaptureBuilder noState() {
    this.stateDirectory = null;
    return this;
  }

  /** Hands over at most so many changes at once (256). */
  public CaptureBuilder batchSize(int changes) {
    check(changes >= 1, "the batch size must be 1 or more, not " + changes);
    this.batchSize = changes;
    return this;
  }

  /** What to do when history was lost (reconcile). */
  public CaptureBuilder onGap(GapPolicy policy) {
    this.onGap = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /** When to hold a read transaction so that no history can be lost (adaptive). */
  public CaptureBuilder guard(GuardMode mode) {
    this.guard = Objects.requireNonNull(mode, "mode");
    return this;
  }

  /** The WAL size in bytes at which a held read transaction is released (256 MiB). */
  public CaptureBuilder walLimit(long bytes) {
    check(bytes >= 1, "the WAL limit must be 1 byte or more, not " + bytes);
    this.walLimit = bytes;
    return this;
  }

  /**
   * Makes the signal that says when to look for commits (polling of the wal-index): asked once for
   * each capture that is built, which closes what it got.
   */
  public CaptureBuilder wakeSignal(Supplier<? extends WakeSignal> signals) {
    this.wakeSignal = Objects.requireNonNull(signals, "signals")::get;
    return this;
  }

  /**
   * Says when to look for commits, where one capture is built, which closes the signal; {@link
   * #wakeSignal(Supplier)} serves several.
   */
  public CaptureBuilder wakeSignal(WakeSignal signal) {
    Objects.requireNonNull(signal, "signal");
    return wakeSignal(() -> signal);
  }

  /** Puts something around the signal, whatever it is. */
  CaptureBuilder wrapSignal(UnaryOperator<WakeSignal> wrapping) {
    Supplier<WakeSignal> inner = wakeSignal;
    this.wakeSignal = () -> wrapping.apply(inner.get());
    return this;
  }

  /** Whether SCHEMA changes are delivered (true). */
  public CaptureBuilder schemaEvents(boolean deliver) {
    this.schemaEvents = deliver;
    return this;
  }

  /** Whether {@code bootstrapAndCdc} starts over in spite of a saved position (false). */
  public CaptureBuilder rebootstrap(boolean startOver) {
    this.rebootstrap = startOver;
    return this;
  }

  /** Whether the capture ends when it has caught up (false); needs state. */
  public CaptureBuilder once(boolean endWhenCaughtUp) {
    this.once = endWhenCaughtUp;
    return this;
  }

  /** Lets at most so many changes wait for the handler (8192). */
  public CaptureBuilder queueChanges(int changes) {
    check(changes >= 1, "the queue must hold 1 change or more, not " + changes);
    this.queueChanges = changes;
    return this;
  }

  /** Lets at most so many bytes of row images wait (16 MiB, or a sixteenth of a small heap). */
  public CaptureBuilder queueBytes(long bytes) {
    check(bytes >= 1, "the queue must hold 1 byte or more, not " + bytes);
    this.queueBytes = bytes;
    this.queueFrom = null;
    return this;
  }

  /** Memory for the page set, past which it is on disk (128 MiB, or an eighth of a small heap). */
  public CaptureBuilder pageSetMemory(long bytes) {
    check(bytes >= 0, "the page set's memory must be 0 bytes or more, not " + bytes);
    this.pageSetMemory = bytes;
    this.pagesFrom = null;
    return this;
  }

  /** Has it take memory out of a pool, unless it is given some of its own. */
  void share(MemoryPool pool) {
    pageSetMemory = Math.min(MAX_PAGE_SET, pool.total());
    pagesFrom = pool;
    queueFrom = pool;
  }

  /**
   * How far the pages saved in the state directory may lag behind what was delivered (5 seconds, 64
   * MiB of journal). Nothing is lost either way: what lags is read again from the journal.
   */
  public CaptureBuilder stateLag(Duration time, long journalBytes) {
    this.stateLag = new StateLag(time, journalBytes);
    return this;
  }

  /**
   * How long what was handed over may wait until the handler is asked to flush it, and it counts as
   * delivered (100 ms); what comes after a pause as long as that is flushed at once. An output file
   * is synced then, and a disk that syncs it keeps the application's own syncs waiting.
   */
  public CaptureBuilder flushInterval(Duration interval) {
    check(!interval.isNegative(), "the flush interval must be zero or more, not " + interval);
    this.flushInterval = interval;
    return this;
  }

  /** What {@code source.database} of each change says (the database file's name). */
  public CaptureBuilder sourceName(String name) {
    check(!name.isEmpty(), "the source's name must not be empty");
    this.sourceName = name;
    return this;
  }

  /**
   * Notifies this listener of how the capture goes (one that logs through {@link System.Logger}, as
   * {@code dev.waltap}: warnings, readiness and long work; {@link CaptureListener#NONE} is silent).
   */
  public CaptureBuilder listener(CaptureListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Makes the capture, which then has to be closed. The database is looked at when the capture is
   * run.
   *
   * @throws IllegalArgumentException if the options contradict each other
   * @throws CaptureException on Windows, where capture is not supported yet
   */
  public ChangeDataCapture build() {
    return engine();
  }

  /** What {@link #build} makes. */
  CaptureEngine engine() {
    DatabaseChecks.requireSupportedSystem();
    CaptureOptions options = options();
    CaptureMemory memory = new CaptureMemory(pageSetMemory, pagesFrom, queueBytes, queueFrom);
    try {
      return new CaptureEngine(options, memory);
    } catch (Throwable e) {
      memory.close(); // Asking for the signal failed, say; a fleet tries that again and again.
      throw e;
    }
  }

  /**
   * All that {@link #build} hands to the capture.
   *
   * @throws IllegalArgumentException if the options contradict each other
   */
  public CaptureOptions options() {
    check(
        !once || stateDirectory != null,
        "a capture that ends when it has caught up needs state: name a state directory");
    return new BuiltOptions(
        database,
        tables,
        excludeTables,
        excludeColumns,
        handler,
        batchSize,
        stateDirectory,
        onGap,
        guard,
        walLimit,
        wakeSignal,
        schemaEvents,
        rebootstrap,
        once,
        queueChanges,
        queueBytes,
        pageSetMemory,
        stateLag,
        flushInterval,
        listener != null ? listener : new LoggingListener(database),
        sourceName);
  }

  private static List<String> named(String what, String... names) {
    for (String name : names) {
      check(!name.isEmpty(), "a " + what + "'s name must not be empty");
    }
    return List.of(names);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static void noHandler(List<Change> changes) {
    throw new IllegalStateException("this capture was built without a handler to take its changes");
  }
}
