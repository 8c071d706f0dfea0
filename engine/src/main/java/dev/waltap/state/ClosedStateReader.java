// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Position;
import dev.waltap.btree.PageSummary;
import dev.waltap.format.DatabaseException;
import dev.waltap.io.Closer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads a state that an earlier process closed in order, without SQLite and in a few reads: what
 * {@link StateStore#closed} gives to the process that closed it. Only a state of which everything
 * is as such a close leaves it is read: all was acknowledged and compacted, and summed up. Of any
 * other nothing is said: opening it as usual finds out what it holds, or what is wrong with it.
 *
 * <p>Holds the state as long as it is open. For one thread, which closes it.
 */
public final class ClosedStateReader implements AutoCloseable {
  /**
   * Bytes: the first page of each table but the summary is in the first six of 2 KiB, and some
   * more.
   */
  private static final int FIRST_BYTES = 16 << 10;

  private final ClosedState state;
  private final PageSummary summary;
  private final StateProperties properties;
  private final ClosedPages pages;
  private final Closer closer;

  private ClosedStateReader(
      ClosedState state,
      PageSummary summary,
      StateProperties properties,
      ClosedPages pages,
      Closer closer) {
    this.state = state;
    this.summary = summary;
    this.properties = properties;
    this.pages = pages;
    this.closer = closer;
  }

  /**
   * Takes hold of a state and reads it.
   *
   * @param mostPages of states with more pages nothing is read
   * @param command what for, as for {@link StateDirectory#hold}
   * @return null if it has to be opened as usual, or somebody else holds it
   */
  public static @Nullable ClosedStateReader open(
      StateDirectory directory, int mostPages, String command) {
    if (!isClosed(directory)) {
      return null; // Mostly one that was added to, or that was not closed in order.
    }
    Closer closer = new Closer();
    ClosedStateReader reader = null;
    try {
      StateLock lock = StateLock.tryHold(directory, command);
      if (lock != null) {
        closer.open(() -> lock);
        reader = read(directory, mostPages, closer);
      }
    } catch (CaptureException
        | DatabaseException
        | UncheckedIOException
        | IOException
        | SQLException
        | ArithmeticException e) {
      closer.closeAfter(e);
      return null;
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
    if (reader == null) {
      closer.close();
    }
    return reader;
  }

  private static @Nullable ClosedStateReader read(
      StateDirectory directory, int mostPages, Closer closer) throws IOException, SQLException {
    Path path = directory.stateFile();
    FileMark mark = FileMark.of(path);
    if (mark == null || !isClosed(directory)) {
      return null;
    }
    ClosedStateFile file = closer.open(() -> ClosedStateFile.open(path, FIRST_BYTES));
    if (file.header().userVersion() != StateFile.VERSION || !file.header().isWal()) {
      return null;
    }
    ClosedRows rows = new ClosedRows(file);
    StateHeader head = head(rows, path);
    if (head == null || !isSettled(head) || head.pages > mostPages || !isEmpty(rows, "journal")) {
      return null;
    }
    StateOrigin origin = origin(rows, path);
    StateProperties properties = new StateProperties(path);
    rows.readKeyed(
        "note",
        row -> {
          properties.add(row);
          return true;
        });
    PageSummary summary = summary(rows, head);
    if (origin == null || summary == null) {
      return null;
    }
    CommitCountFile.open(directory, origin.nonce(), head.commits).close();
    long seed = PageTable.seed(properties, path);
    int root = rows.root("page");
    ClosedState state = ClosedState.of(directory, origin, head, OptionalLong.of(seed), root);
    if (state == null || !state.isOf(mark)) {
      return null;
    }
    ClosedPages pages = new ClosedPages(path, new StatePageFile(file, root), seed);
    return new ClosedStateReader(state, summary, properties, pages, closer);
  }

  /** Whether nothing beside {@code state.db} belongs to it. */
  private static boolean isClosed(StateDirectory directory) {
    return directory.logSize() == 0
        && directory.tailFile().toFile().length() == 0
        && !directory.rollbackFile().toFile().exists();
  }

  /** Whether nothing is left to emit, and nothing to compact. */
  private static boolean isSettled(StateHeader head) {
    Position acknowledged = head.acknowledged;
    return acknowledged != null
        && head.last.isWithin(acknowledged)
        && head.base.equals(head.last)
        && head.compacted == head.journalled;
  }

  private static boolean isEmpty(ClosedRows rows, String table) {
    boolean[] empty = {true};
    rows.read(
        table,
        row -> {
          empty[0] = false;
          return false;
        });
    return empty[0];
  }

  private static @Nullable StateHeader head(ClosedRows rows, Path path) {
    StateHeader[] head = new StateHeader[1];
    rows.read(
        "head",
        row -> {
          head[0] = row.number(0) == 1 ? StateHeader.of(row, path) : null;
          return false;
        });
    return head[0];
  }

  private static @Nullable StateOrigin origin(ClosedRows rows, Path path) {
    StateOrigin[] origin = new StateOrigin[1];
    rows.read(
        "origin",
        row -> {
          origin[0] = row.number(0) == 1 ? StateOrigin.of(row, path) : null;
          return false;
        });
    return origin[0];
  }

  private static @Nullable PageSummary summary(ClosedRows rows, StateHeader head) {
    if (!rows.has("summary")) {
      return null;
    }
    boolean[] right = {true};
    SummaryRows read = new SummaryRows(head);
    rows.read("summary", row -> right[0] = read.add(row));
    return right[0] ? read.whole() : null;
  }

  /** What {@link StateStore#closed} would give. */
  public ClosedState state() {
    return state;
  }

  /** As {@link StateStore#summary}. */
  public PageSummary summary() {
    return summary;
  }

  /**
   * As {@link StateStore#property}.
   *
   * @throws CaptureException REFUSED if it is damaged
   */
  public @Nullable String property(String name) {
    return properties.read(name);
  }

  /**
   * As {@link StateStore#loadPage}.
   *
   * @throws CaptureException REFUSED if it is not the one that was saved, DISK if it can't be read
   */
  public void loadPage(int pageNumber, long hash, byte[] to) {
    pages.load(pageNumber, hash, to);
  }

  @Override
  public void close() {
    closer.close();
  }
}
