package dev.waltap.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All options of a capture, validated by the builder in {@code dev.waltap.Waltap}.
 *
 * @param database the database file
 * @param tables globs of the tables to capture; empty for all ordinary tables
 * @param excludeTables globs of the tables to leave out
 * @param excludeColumns globs {@code table.column} of the columns to leave out; never key columns
 * @param handler takes the changes
 * @param batchSize most changes a handler gets at once; 1 or more
 * @param stateDirectory where position and page set live; null for none
 * @param onGap what to do when history was lost
 * @param guard when to hold a read transaction
 * @param walLimit WAL size in bytes at which a held read transaction is released
 * @param wakeSignal says when to look for commits; null for wal-index polling
 * @param schemaEvents whether SCHEMA changes are delivered
 * @param rebootstrap whether {@code bootstrapAndCdc} starts over in spite of a saved position
 * @param once whether a capture ends when it has caught up
 * @param queueChanges most changes waiting for the handler
 * @param queueBytes most bytes of row images waiting for the handler
 * @param pageSetMemory bytes of memory for the page set, past which it lives in a temporary file
 * @param stateLag how far the saved pages may lag behind what was delivered
 * @param listener notified of how the capture goes
 * @param sourceName what the changes' source is called; null for the database file's name
 */
public record CaptureOptions(
    Path database,
    List<String> tables,
    List<String> excludeTables,
    List<String> excludeColumns,
    ChangesHandler handler,
    int batchSize,
    @Nullable Path stateDirectory,
    GapPolicy onGap,
    GuardMode guard,
    long walLimit,
    @Nullable WakeSignal wakeSignal,
    boolean schemaEvents,
    boolean rebootstrap,
    boolean once,
    int queueChanges,
    long queueBytes,
    long pageSetMemory,
    StateLag stateLag,
    CaptureListener listener,
    @Nullable String sourceName) {

  /**
   * The WAL size in bytes at which a read transaction is released unless told otherwise: 256 MiB.
   */
  public static final long DEFAULT_WAL_LIMIT = 256L << 20;

  /**
   * How far the pages saved in the state directory may lag behind what was delivered. What lags is
   * in a journal beside them, so nothing is lost, and a start after a crash reads it again: a
   * longer lag writes a page that changes often less often, and starts more slowly.
   *
   * @param time after which a delivered transaction is due; more than zero
   * @param bytes of journal after which they are due sooner; more than zero
   */
  public record StateLag(Duration time, long bytes) {
    /** 5 seconds, 64 MiB. */
    public static final StateLag DEFAULT = new StateLag(Duration.ofSeconds(5), 64L << 20);

    public StateLag {
      if (time.isNegative() || time.isZero() || bytes <= 0) {
        throw new IllegalArgumentException(
            "the state's lag must be more than zero, not " + time + " and " + bytes + " bytes");
      }
    }
  }

  public CaptureOptions {
    tables = List.copyOf(tables);
    excludeTables = List.copyOf(excludeTables);
    excludeColumns = List.copyOf(excludeColumns);
  }

  /** The same without state. */
  public CaptureOptions withoutState() {
    return new CaptureOptions(
        database,
        tables,
        excludeTables,
        excludeColumns,
        handler,
        batchSize,
        null,
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
        listener,
        sourceName);
  }
}
