package dev.waltap.capture;

import dev.waltap.page.TransactionPages;
import dev.waltap.wal.WalPosition;

/** One committed transaction as it waits to be decoded; used again after that. */
final class CommittedTransaction {
  final TransactionPages pages;
  private long epoch;
  private long frame;
  private long timestampMicros;
  private WalPosition walPosition = new WalPosition(0, 0, 0, 0, 0, 0);

  CommittedTransaction(TransactionPages pages) {
    this.pages = pages;
  }

  void committed(long inEpoch, long atFrame, long seenMicros, WalPosition at) {
    epoch = inEpoch;
    frame = atFrame;
    timestampMicros = seenMicros;
    walPosition = at;
  }

  /** The epoch of its WAL generation. */
  long epoch() {
    return epoch;
  }

  /** Its commit frame. */
  long frame() {
    return frame;
  }

  /** When it was seen, in microseconds since 1970 UTC. */
  long timestampMicros() {
    return timestampMicros;
  }

  /** Where the tail stands behind it. */
  WalPosition walPosition() {
    return walPosition;
  }
}
