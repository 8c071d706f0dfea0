// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All options of a capture, checked and completed by the builder that {@code Waltap.open} gives,
 * which is the only one to make them: more may come. Immutable.
 */
public interface CaptureOptions {

  /** The WAL size in bytes at which a read transaction is released by default: 256 MiB. */
  long DEFAULT_WAL_LIMIT = 256L << 20;

  /**
   * How far the pages saved in the state directory may lag behind what was delivered. What lags is
   * in a journal beside them, so nothing is lost, and a start after a crash reads it again: a
   * longer lag writes a page that changes often less often, and starts more slowly.
   *
   * @param time after which a delivered transaction is due; more than zero
   * @param bytes of journal after which they are due sooner; more than zero
   */
  record StateLag(Duration time, long bytes) {
    /** 5 seconds, 64 MiB. */
    public static final StateLag DEFAULT = new StateLag(Duration.ofSeconds(5), 64L << 20);

    public StateLag {
      if (time.isNegative() || time.isZero() || bytes <= 0) {
        throw new IllegalArgumentException(
            "the state's lag must be more than zero, not " + time + " and " + bytes + " bytes");
      }
    }
  }

  /** {@link #flushInterval} if nothing else is said: a tenth of a second. */
  Duration DEFAULT_FLUSH_INTERVAL = Duration.ofMillis(100);

  /** The database file. */
  Path database();

  /** Globs of the tables to capture; empty for all ordinary tables. */
  List<String> tables();

  /** Globs of the tables to leave out. */
  List<String> excludeTables();

  /** Globs {@code table.column} of the columns to leave out; never key columns. */
  List<String> excludeColumns();

  /** Takes the changes. */
  ChangesHandler handler();

  /** Most changes a handler gets at once; 1 or more. */
  int batchSize();

  /** Where position and page set live; null for none. */
  @Nullable Path stateDirectory();

  /** What to do when history was lost. */
  GapPolicy onGap();

  /** When to hold a read transaction. */
  GuardMode guard();

  /** WAL size in bytes at which a held read transaction is released. */
  long walLimit();

  /** Gives the signal that says when to look for commits, a new one for each capture. */
  Supplier<WakeSignal> wakeSignal();

  /** Whether SCHEMA changes are delivered. */
  boolean schemaEvents();

  /** Whether {@code bootstrapAndCdc} starts over in spite of a saved position. */
  boolean rebootstrap();

  /** Whether a capture ends when it has caught up. */
  boolean once();

  /** Most changes waiting for the handler. */
  int queueChanges();

  /** Most bytes of row images waiting for the handler. */
  long queueBytes();

  /** Bytes of memory for the page set, past which it lives in a temporary file. */
  long pageSetMemory();

  /** How far the saved pages may lag behind what was delivered. */
  StateLag stateLag();

  /** How long what was handed over may wait to be flushed, and to count as delivered. */
  Duration flushInterval();

  /** Notified of how the capture goes. */
  CaptureListener listener();

  /** What the changes' source is called; null for the database file's name. */
  @Nullable String sourceName();
}
