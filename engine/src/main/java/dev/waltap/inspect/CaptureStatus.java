// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.api.CaptureException;
import dev.waltap.io.FileNames;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the capture of a database stands, as the files alone say: its state, how far that is behind
 * the WAL, and who keeps the WAL.
 *
 * @param mayHaveChanged whether there is no WAL that would say what was committed, no capture that
 *     knows, and a database that was written to since
 */
public record CaptureStatus(
    StateStatus state, LogLag lag, boolean mayHaveChanged, List<LogReaders.Reader> readers) {
  /** A capture saves its state before SQLite, as the last to close, writes to the database. */
  private static final Duration CLOSING = Duration.ofSeconds(2);

  /**
   * Looks at a database and its state.
   *
   * @throws CaptureException if there is no state, one that can't be read, or another database's
   * @throws IOException if the WAL can't be read
   */
  public static CaptureStatus of(Path database, StateDirectory directory) throws IOException {
    // The state first: what is committed meanwhile counts as new in the WAL, and nothing is missed.
    StateStatus state = StateStatus.of(directory);
    requireOwner(state, database, directory);
    LogLag lag = LogLag.of(database, state.pageSize(), state.end().wal());
    return new CaptureStatus(
        state, lag, mayHaveChanged(database, state, lag), LogReaders.of(database));
  }

  private static boolean mayHaveChanged(Path database, StateStatus state, LogLag lag)
      throws IOException {
    if (lag.kind() != LogLag.Kind.NO_WAL || state.holder() != null) {
      return false;
    }
    Instant written = Files.getLastModifiedTime(database).toInstant();
    return written.isAfter(state.savedAt().plus(CLOSING));
  }

  private static void requireOwner(StateStatus state, Path database, StateDirectory directory) {
    if (!state.database().isOf(database)) {
      throw new CaptureException(
          CaptureException.Reason.REFUSED,
          "the state in "
              + directory
              + " belongs to "
              + state.database().path()
              + ", not to "
              + FileNames.text(database)
              + ": name the state directory of this database, or that database");
    }
  }

  /** Committed transactions that were not delivered; -1 if the WAL does not say. */
  public long transactions() {
    return switch (lag.kind()) {
      case CONTINUES -> state.undelivered().transactions() + lag.transactions();
      case NO_WAL -> mayHaveChanged ? -1 : state.undelivered().transactions();
      case REUSED, NO_DATABASE -> -1;
    };
  }

  /**
   * For how long something has waited to be delivered, zero if nothing does. What the journal has
   * is known by the time of its commit; what only the WAL has came after the state was saved last.
   */
  public Duration age(Instant now) {
    Instant since = since();
    return since == null || since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
  }

  private @Nullable Instant since() {
    Instant journalled = state.undelivered().since();
    return journalled != null || transactions() == 0 ? journalled : state.savedAt();
  }
}
