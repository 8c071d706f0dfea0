// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.page.PageBuffers;
import dev.waltap.wal.LogKeeper;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compacts the journal: applies its transactions to the page table. Of the images of one page only
 * the last is written, within what fits its memory; in page order, which spares the b-tree. For one
 * thread.
 */
final class JournalCompactor implements JournalEntry.Receiver {
  private static final long MAX_BYTES = 8 << 20;

  private final PageTable table;
  private final PageBuffers buffers;
  private final LogKeeper keeper;
  private int sinceKept;
  private final TreeMap<Integer, byte[]> latest = new TreeMap<>();
  private long bytes;
  private int cut = Integer.MAX_VALUE;
  private int databaseSize;

  private JournalCompactor(PageTable table, PageBuffers buffers, LogKeeper keeper) {
    this.keeper = keeper;
    this.table = table;
    this.buffers = buffers;
  }

  /**
   * Moves the page table on by groups that are acknowledged, in the commit that is under way.
   *
   * @param end the moment after which no further group is begun: a {@link System#nanoTime}
   */
  static void run(
      StateFile file,
      StateHeader head,
      JournalGroups groups,
      PageTable pages,
      PageBuffers buffers,
      LogKeeper keeper,
      long end)
      throws SQLException {
    JournalGroups.Group group = groups.compactable(head.acknowledged);
    if (group == null) {
      return;
    }
    JournalReader reader = new JournalReader(file, buffers);
    JournalCompactor compactor = new JournalCompactor(pages, buffers, keeper);
    do {
      compactor.read(reader, head, group.id());
      head.compacted = group.id();
      groups.removeFirst();
      group = groups.compactable(head.acknowledged);
    } while (group != null && !compactor.isFull() && System.nanoTime() - end < 0);
    compactor.finish();
    LogPosition last = reader.last();
    if (last != null) {
      head.base = last;
    }
    file.run("DELETE FROM journal WHERE id <= " + head.compacted);
  }

  /** Moves it on by all of them, which are few. */
  static void runAll(
      StateFile file, StateHeader head, JournalGroups groups, PageTable pages, PageBuffers buffers)
      throws SQLException {
    while (groups.compactable(head.acknowledged) != null) {
      run(file, head, groups, pages, buffers, LogKeeper.NONE, Long.MAX_VALUE);
    }
  }

  private void read(JournalReader reader, StateHeader head, long to) throws SQLException {
    try {
      reader.read(head.compacted, to, head.acknowledged, this);
    } catch (SpillException e) {
      throw e.cause;
    }
  }

  @Override
  public void begin(JournalEntry entry, boolean acknowledged) {
    databaseSize = entry.databaseSize();
  }

  @Override
  public void page(int pageNumber, byte[] image) {
    keepUp();
    forget(latest.put(pageNumber, image));
    bytes += image.length;
    spill();
  }

  @Override
  public void end() {
    if (databaseSize > 0) {
      Map<Integer, byte[]> beyond = latest.tailMap(databaseSize, false);
      beyond.values().forEach(this::forget);
      beyond.clear();
      cut = Math.min(cut, databaseSize);
    }
  }

  private void keepUp() {
    if (++sinceKept % LogKeeper.PAGES == 0) {
      keeper.keepUp();
    }
  }

  /** Whether it is time to commit. */
  boolean isFull() {
    return bytes >= MAX_BYTES / 2;
  }

  /** Writes what is left. */
  void finish() throws SQLException {
    if (cut != Integer.MAX_VALUE) {
      table.cut(cut);
      cut = Integer.MAX_VALUE;
    }
    for (Map.Entry<Integer, byte[]> page : latest.entrySet()) {
      keepUp();
      table.put(page.getKey(), page.getValue());
      buffers.release(page.getValue());
    }
    latest.clear();
    bytes = 0;
  }

  /** A transaction larger than our memory is written as it comes; the commit comes at its end. */
  private void spill() {
    if (bytes >= MAX_BYTES) {
      try {
        finish();
      } catch (SQLException e) {
        throw new SpillException(e);
      }
    }
  }

  private void forget(byte[] image) {
    if (image != null) {
      bytes -= image.length;
      buffers.release(image);
    }
  }

  /** Carries an SQL exception through the reader. */
  private static final class SpillException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final SQLException cause;

    private SpillException(SQLException cause) {
      super(cause);
      this.cause = cause;
    }
  }
}
