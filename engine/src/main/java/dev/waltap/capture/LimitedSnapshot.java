package dev.waltap.capture;

import dev.waltap.page.Snapshot;
import java.util.function.BooleanSupplier;

/**
 * A snapshot that can be read until the WAL reaches its limit. Asks for that now and then: a few
 * loads from shared memory. For the capture thread.
 */
public final class LimitedSnapshot {
  /** Some hundred kilobytes: a millisecond or so. */
  private static final int PAGES_BETWEEN_LOOKS = 32;

  private final Snapshot snapshot;
  private final BooleanSupplier limitReached;
  private int copied;

  public LimitedSnapshot(Snapshot snapshot, BooleanSupplier limitReached) {
    this.snapshot = snapshot;
    this.limitReached = limitReached;
  }

  /** The database's size in pages. */
  int size() {
    return snapshot.size();
  }

  /**
   * Copies a page.
   *
   * @throws WalLimitException if the read transaction has to be released first
   */
  void copy(int pageNumber, byte[] to) {
    if (++copied % PAGES_BETWEEN_LOOKS == 0 && limitReached.getAsBoolean()) {
      throw new WalLimitException();
    }
    snapshot.copy(pageNumber, to);
  }

  /** The WAL has reached its limit while a snapshot is read. */
  static final class WalLimitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private WalLimitException() {
      super("the WAL limit is reached", null, false, false);
    }
  }
}
