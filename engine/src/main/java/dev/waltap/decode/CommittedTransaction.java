package dev.waltap.decode;

import dev.waltap.page.TransactionPages;
import dev.waltap.wal.WalPosition;

/** One committed transaction as it waits to be decoded; used again after that. */
public final class CommittedTransaction {
  public final TransactionPages pages;
  private long epoch;
  private long frame;
  private long timestampMicros;
  private WalPosition walPosition = new WalPosition(0, 0, 0, 0, 0, 0);

  public CommittedTransaction(TransactionPages pages) {
    this.pages = pages;
  }

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

  /** Where the tail stands behind it. */
  public WalPosition walPosition() {
    return walPosition;
  }
}
