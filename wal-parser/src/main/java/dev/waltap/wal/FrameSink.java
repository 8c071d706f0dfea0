// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

/**
 * Takes the transactions that {@link WalTail} reads. Called by the thread that polls, within {@link
 * WalTail#poll}; what it throws ends that poll, and the tail must then be started at a position
 * again.
 *
 * <p>The calls of one transaction are {@code buffer frame buffer frame ... commit}, or end in
 * {@code rollback} anywhere. A slow sink is not wrong, but the WAL may be overwritten meanwhile.
 */
public interface FrameSink {

  /**
   * The wal-index was looked at: all that is handed over until the next such call was committed by
   * now.
   */
  default void looked() {}

  /**
   * A buffer of exactly one page for the next frame. It stays the sink's own until {@link #frame}
   * hands it over, filled; when that does not follow, asking again may return the same one.
   */
  byte[] buffer();

  /**
   * A frame of the open transaction. A later frame of the same page replaces it. Not proven good
   * before {@link #commit}: look at the bytes only then.
   *
   * @param pageNumber never 0, unsigned
   * @param page the array that {@link #buffer} returned, the sink's to keep
   */
  void frame(int pageNumber, byte[] page);

  /**
   * The open transaction is whole, committed, and proven to follow the one before it. {@link
   * WalTail#position()} is that of this commit already.
   *
   * <p>A commit may repeat the one before it, same page and bytes: SQLite pads to disk sectors that
   * way. It changes nothing.
   *
   * @param generation which WAL generation, counted by the tail; grows by one with each it sees
   * @param frame the commit frame, from 1
   * @param databaseSize in pages, after the commit; pages beyond are gone
   */
  void commit(long generation, int frame, int databaseSize);

  /** Forget the frames since the last commit: what was copied is not proven good. */
  void rollback();
}
