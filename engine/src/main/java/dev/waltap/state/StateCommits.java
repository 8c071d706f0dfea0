// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.host.PrivateFiles;
import dev.waltap.io.Closer;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Begins and ends the transactions of a {@link StateStore}, each with its head. For its thread. */
final class StateCommits {
  private final StateFile file;
  private final StateHeader head;
  private final long nonce;
  private final PreparedStatement writeHead;
  private final CommitCountFile commitCountFile;
  private final @Nullable Object fileKey;
  private boolean begun;

  /** Whether the connection is set so that a commit is synced. */
  private boolean syncs = true;

  /** Whether the last commit was not. */
  private boolean unsynced;

  /**
   * None is begun.
   *
   * @param closer closes what this opens
   * @throws dev.waltap.api.CaptureException REFUSED if commits were lost
   */
  StateCommits(
      StateDirectory directory, StateFile file, StateHeader head, long nonce, Closer closer)
      throws SQLException {
    this.file = file;
    this.head = head;
    this.nonce = nonce;
    this.writeHead = StateHeader.statement(file);
    this.fileKey = fileKey();
    this.commitCountFile = closer.open(() -> CommitCountFile.open(directory, nonce, head.commits));
  }

  boolean isBegun() {
    return begun;
  }

  /** Begins a commit that is on disk when {@link #commit} returns. */
  void begin() throws SQLException {
    if (!begun) {
      begin(true);
    }
  }

  /**
   * Begins one that takes no sync: the next one that does has this one on disk, too, and so has
   * SQLite's as it closes the file, of the log before it goes into the database, and of that. A
   * process that is killed takes nothing of it away. Until it is on disk it may be lost, with the
   * power, and must not be counted by the other file yet; a count that says less is none that is
   * wrong.
   */
  void beginUnsynced() throws SQLException {
    begin(false);
  }

  private void begin(boolean toBeSynced) throws SQLException {
    file.endReading();
    if (toBeSynced == syncs) {
      file.run("BEGIN IMMEDIATE");
    } else {
      file.run("PRAGMA synchronous=" + (toBeSynced ? "FULL" : "NORMAL") + "; BEGIN IMMEDIATE");
      syncs = toBeSynced;
    }
    begun = true;
  }

  void commit() throws SQLException {
    head.commits++;
    try {
      head.write(writeHead);
      file.run("COMMIT");
    } catch (SQLException e) {
      head.commits--;
      throw e;
    }
    begun = false;
    if (fileKey != null && !fileKey.equals(fileKey())) {
      // SQLite continues writing to a file that has no name any more, and nobody will find it.
      throw StateErrors.gone(file.path());
    }
    unsynced = !syncs;
    if (syncs) {
      commitCountFile.write(nonce, head.commits);
    }
  }

  private @Nullable Object fileKey() {
    try {
      return Files.readAttributes(file.path(), BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  /** Undoes what was begun, because of a failure; where that fails, too, SQLite does it later. */
  void rollBack(Throwable cause) {
    if (begun) {
      begun = false;
      try {
        file.run("ROLLBACK");
      } catch (SQLException e) {
        cause.addSuppressed(e);
      }
    }
  }

  /**
   * To be called when the file is closed: whoever else has it open, to look at it, keeps SQLite
   * from syncing it then.
   */
  void syncLast() {
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
}
