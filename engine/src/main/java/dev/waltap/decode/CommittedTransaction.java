// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.page.TransactionPages;
import dev.waltap.wal.WalPosition;

/** One committed transaction as it waits to be decoded; used again after that. */
public final class CommittedTransaction {
  /** Its pages. Whoever takes the transaction back when it was decoded clears them. */
  public final TransactionPages pages;

  private long epoch;
  private long frame;
  private long timestampMicros;
  private WalPosition walPosition = new WalPosition(0, 0, 0, 0);

  /** A transaction to be filled: these pages first, then {@link #committed}. */
  public CommittedTransaction(TransactionPages pages) {
    this.pages = pages;
  }

  /**
   * Its commit was seen: it is whole.
   *
   * @param inEpoch the epoch of its WAL generation
   * @param atFrame its commit frame
   * @param seenMicros when it was seen, in microseconds since 1970 UTC
   * @param at where the tail is after it
   */
  public void committed(long inEpoch, long atFrame, long seenMicros, WalPosition at) {
    epoch = inEpoch;
    frame = atFrame;
    timestampMicros = seenMicros;
    walPosition = at;
  }

  /** The epoch of its WAL generation. */
  public long epoch() {
    return epoch;
  }

  /** Its commit frame. */
  public long frame() {
    return frame;
  }

  /** When it was seen, in microseconds since 1970 UTC. */
  public long timestampMicros() {
    return timestampMicros;
  }

  /** Where the tail is after it. */
  public WalPosition walPosition() {
    return walPosition;
  }
}
