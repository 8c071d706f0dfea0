// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.host.PrivateFiles;
import dev.waltap.page.PackedPage;
import dev.waltap.page.PageSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
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
  private final long seed;
  private final PageTableBuilder pages;
  private final Map<String, String> properties = new LinkedHashMap<>();
  private final Lz4Codec codec = new Lz4Codec();
  private final PackedPage packed = new PackedPage();
  private boolean open = true;

  private BaselineWriter(
      StateLock lock,
      StateOrigin origin,
      StateHeader head,
      @Nullable StateStore replaced,
      long seed,
      PageTableBuilder pages) {
    this.lock = lock;
    this.origin = origin;
    this.head = head;
    this.replaced = replaced;
    this.seed = seed;
    this.pages = pages;
    property(PageTable.SEED, Long.toString(seed));
  }

  /**
   * Begins the baseline of a directory that holds no state yet.
   *
   * @param at the transaction as of which the pages are
   * @param acknowledged whether nothing of them is left to emit: true for setup; false for a
   *     bootstrap whose rows are yet to be delivered, until a position at or after it is
   *     acknowledged
   * @param seed of the hashes of its pages, a secret, see {@link PageSet#seed()}
   * @throws CaptureException REFUSED if there is a state, FAILED if it can't be written
   */
  public static BaselineWriter create(
      StateLock lock, DatabaseIdentity database, LogPosition at, boolean acknowledged, long seed) {
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
    StateHeader head = new StateHeader(at, acknowledged ? at.position() : null);
    return begin(lock, nonce, database, head, seed, null);
  }

  /** Begins a baseline that takes the place of a state, which stays good until {@link #finish}. */
  static BaselineWriter replace(
      StateStore replaced,
      StateLock lock,
      long nonce,
      long commits,
      DatabaseIdentity database,
      StateHeader head,
      long seed) {
    head.commits = commits;
    return begin(lock, nonce, database, head, seed, replaced);
  }

  private static BaselineWriter begin(
      StateLock lock,
      long nonce,
      DatabaseIdentity database,
      StateHeader head,
      long seed,
      @Nullable StateStore replaced) {
    StateDirectory directory = lock.directory();
    try {
      directory.removeUnfinished();
      PrivateFiles.create(directory.newFile());
      StateOrigin origin =
          new StateOrigin(nonce, Instant.now().truncatedTo(ChronoUnit.MICROS), database);
      return new BaselineWriter(
          lock, origin, head, replaced, seed, StateFile.create(directory.newFile()));
    } catch (IOException e) {
      throw StateErrors.io(directory.newFile(), e);
    }
  }

  /**
   * Adds a page; each number once, in ascending order as unsigned numbers. The array stays the
   * caller's.
   *
   * @throws CaptureException FAILED if it can't be written
   */
  public void put(int pageNumber, byte[] image) {
    if (image.length != origin.database().pageSize()) {
      throw new IllegalArgumentException("an image of " + image.length + " bytes");
    }
    codec.pack(image, image.length, packed);
    packed.hash(Lz4Codec.hash(image, seed));
    put(pageNumber, packed);
  }

  /**
   * The same with a page that is packed already, and whose image was hashed under the seed of this
   * baseline; its bytes are copied.
   *
   * @throws CaptureException FAILED if it can't be written
   */
  public void put(int pageNumber, PackedPage page) {
    if (page.size() > origin.database().pageSize()) {
      throw new IllegalArgumentException("a page of " + page.size() + " bytes");
    }
    long hash = PageTable.storedHash(pageNumber, page.hash());
    try {
      pages.add(Integer.toUnsignedLong(pageNumber), hash, page);
    } catch (IOException e) {
      throw StateErrors.io(lock.directory().newFile(), e);
    }
    head.pages++;
    head.digest += hash;
  }

  /** Keeps a text under a name, see {@link StateStore#property(String, String)}. */
  public void property(String name, String value) {
    properties.put(name, value);
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
      pages.finish();
      writeRest(directory);
      PrivateFiles.sync(directory.newFile());
      if (replaced != null) {
        // A WAL of the old state must not be there when the new one takes its name.
        replaced.retire();
      }
      // What the count does not see: the new state may have rows to deliver that the old one had.
      Files.deleteIfExists(directory.parkedFile());
      Files.deleteIfExists(
          directory.tailFile()); // Its transactions were taken in, or are no one's.
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

  private void writeRest(StateDirectory directory) throws SQLException {
    try (StateFile file = StateFile.openNew(directory.newFile())) {
      file.run("BEGIN");
      for (Map.Entry<String, String> property : properties.entrySet()) {
        StateProperties.insert(file, property.getKey(), property.getValue());
      }
      origin.write(file);
      try (PreparedStatement write = StateHeader.statement(file)) {
        head.write(write);
      }
      file.run("COMMIT");
    }
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      try (PageTableBuilder unfinished = pages) {
        lock.directory().removeUnfinished();
      } catch (IOException e) {
        throw StateErrors.io(lock.directory().newFile(), e);
      }
    }
  }
}
