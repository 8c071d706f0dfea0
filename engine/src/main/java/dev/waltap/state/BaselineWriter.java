// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.host.PrivateFiles;
import dev.waltap.io.Closer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes a first page set, page by page, to {@code state.db.new}, and puts it in place when it is
 * whole: whatever ends it before leaves no state, or the one that was there. For one thread;
 * closing it unfinished discards it.
 */
public final class BaselineWriter implements AutoCloseable {
  private final StateLock lock;
  private final StateOrigin origin;
  private final StateHeader head;
  private final @Nullable StateStore replaced;
  private final StateFile file;
  private final PageTable table;
  private boolean open = true;

  private BaselineWriter(
      StateLock lock,
      StateOrigin origin,
      StateHeader head,
      @Nullable StateStore replaced,
      StateFile file,
      PageTable table) {
    this.lock = lock;
    this.origin = origin;
    this.head = head;
    this.replaced = replaced;
    this.file = file;
    this.table = table;
  }

  /**
   * Begins the baseline of a directory that holds no state yet.
   *
   * @param at the transaction as of which the pages are
   * @param acknowledged whether nothing of them is left to emit: true for setup; false for a
   *     bootstrap whose rows are yet to be delivered, until a position at or after it is
   *     acknowledged
   * @throws CaptureException REFUSED if there is a state, FAILED if it can't be written
   */
  public static BaselineWriter create(
      StateLock lock, DatabaseIdentity database, LogPosition at, boolean acknowledged) {
    StateDirectory directory = lock.directory();
    if (directory.exists()) {
      throw StateErrors.refused(
          "there is a state in " + directory + " already: remove it by teardown, or use it");
    }
    long nonce = new SecureRandom().nextLong();
    try {
      CommitCountFile.create(directory.commitCountFile(), nonce);
    } catch (IOException e) {
      throw StateErrors.io(directory.commitCountFile(), e);
    }
    return begin(
        lock, nonce, database, new StateHeader(at, acknowledged ? at.position() : null), null);
  }

  /** Begins a baseline that takes the place of a state, which stays good until {@link #finish}. */
  static BaselineWriter replace(
      StateStore replaced,
      StateLock lock,
      long nonce,
      long commits,
      DatabaseIdentity database,
      StateHeader head) {
    head.commits = commits;
    return begin(lock, nonce, database, head, replaced);
  }

  private static BaselineWriter begin(
      StateLock lock,
      long nonce,
      DatabaseIdentity database,
      StateHeader head,
      @Nullable StateStore replaced) {
    StateDirectory directory = lock.directory();
    try {
      directory.removeUnfinished();
      PrivateFiles.create(directory.newFile());
    } catch (IOException e) {
      throw StateErrors.io(directory.newFile(), e);
    }
    Closer closer = new Closer();
    try {
      StateFile file = closer.open(() -> StateFile.create(directory.newFile()));
      StateOrigin origin =
          new StateOrigin(nonce, Instant.now().truncatedTo(ChronoUnit.MICROS), database);
      file.run("BEGIN");
      long seed = new SecureRandom().nextLong();
      PageTable table = PageTable.create(file, head, database.pageSize(), seed);
      return new BaselineWriter(lock, origin, head, replaced, file, table);
    } catch (SQLException e) {
      throw closer.closeAfter(e, failure -> StateErrors.sql(directory.newFile(), failure));
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /**
   * Adds a page; each number once, in ascending order for speed. The array stays the caller's.
   *
   * @throws CaptureException FAILED if it can't be written
   */
  public void put(int pageNumber, byte[] image) {
    if (image.length != origin.database().pageSize()) {
      throw new IllegalArgumentException("a page of " + image.length + " bytes");
    }
    try {
      table.insert(pageNumber, image);
    } catch (SQLException e) {
      throw StateErrors.sql(lock.directory().newFile(), e);
    }
  }

  /**
   * Keeps a text under a name, see {@link StateStore#property(String, String)}.
   *
   * @throws CaptureException FAILED if it can't be written
   */
  public void property(String name, String value) {
    try {
      StateProperties.write(file, name, value);
    } catch (SQLException e) {
      throw StateErrors.sql(lock.directory().newFile(), e);
    }
  }

  /**
   * Puts the baseline in place, durably, and opens it. A state it replaces is closed.
   *
   * @throws CaptureException FAILED if it can't be written
   */
  public StateStore finish() {
    StateDirectory directory = lock.directory();
    try {
      head.commits++;
      origin.write(file);
      try (PreparedStatement write = StateHeader.statement(file)) {
        head.write(write);
      }
      file.run("COMMIT");
      file.close();
      PrivateFiles.sync(directory.newFile());
      if (replaced != null) {
        // A WAL of the old state must not be there when the new one takes its name.
        replaced.retire();
      }
      Files.move(
          directory.newFile(),
          directory.stateFile(),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      PrivateFiles.sync(directory.path());
      open = false;
    } catch (SQLException e) {
      throw StateErrors.sql(directory.newFile(), e);
    } catch (IOException e) {
      throw StateErrors.io(directory.stateFile(), e);
    }
    return StateStore.open(lock);
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      try (StateFile unfinished = file) {
        lock.directory().removeUnfinished();
      } catch (IOException e) {
        throw StateErrors.io(lock.directory().newFile(), e);
      }
    }
  }
}
