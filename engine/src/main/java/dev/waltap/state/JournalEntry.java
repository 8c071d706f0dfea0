// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.wal.WalPosition;
import java.nio.ByteBuffer;

/**
 * One transaction as journalled, without its pages.
 *
 * @param position its end
 * @param timestampMicros when its commit was seen, microseconds since 1970 UTC: emitted again as it
 *     was
 * @param databaseSize pages of the database after it, those beyond are gone; 0: nothing is cut
 */
public record JournalEntry(LogPosition position, long timestampMicros, int databaseSize) {

  /** Bytes of {@link #store}. */
  static final int SIZE = 44;

  public JournalEntry {
    if (databaseSize < 0) {
      throw new IllegalArgumentException("database size " + databaseSize);
    }
  }

  /** Writes it, as {@link JournalWriter} says. */
  void store(ByteBuffer to) {
    WalPosition wal = position.wal();
    to.putLong(position.epoch()).putLong(wal.salts()).putInt(wal.frame());
    to.putLong(wal.checksum()).putInt(wal.changeCounter());
    to.putLong(timestampMicros).putInt(databaseSize);
  }

  /**
   * Reads what {@link #store} wrote.
   *
   * @throws IllegalArgumentException if that can't be one
   */
  static JournalEntry load(ByteBuffer from) {
    long epoch = from.getLong();
    WalPosition wal = new WalPosition(from.getLong(), from.getInt(), from.getLong(), from.getInt());
    return new JournalEntry(new LogPosition(epoch, wal), from.getLong(), from.getInt());
  }

  /** The pages that a transaction wrote, each in its last image. */
  @FunctionalInterface
  public interface Pages {

    /** Hands every page to the sink, each number once, in any order. */
    void forEach(PageSink sink);
  }

  /** Takes pages. */
  @FunctionalInterface
  public interface PageSink {

    /** A page as the transaction left it; read at once, the array stays the caller's. */
    void put(int pageNumber, byte[] image);
  }

  /** Receives the journal, one transaction after the other, in order. */
  public interface Receiver {

    /**
     * A transaction begins.
     *
     * @param acknowledged whether its changes were delivered: it moves the page set and is not
     *     emitted
     */
    void begin(JournalEntry entry, boolean acknowledged);

    /** A page of it; the array is the receiver's from here on. */
    void page(int pageNumber, byte[] image);

    /** The transaction is whole. */
    void end();
  }
}
