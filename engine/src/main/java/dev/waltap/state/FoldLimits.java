package dev.waltap.state;

import java.time.Duration;

/**
 * How far the page table may lag behind what was acknowledged. After a crash the journal of the lag
 * is replayed, so a longer lag means fewer writes (a page that changes often is written once) and a
 * longer start.
 *
 * @param lag time after which an acknowledged transaction is due to be folded; more than zero
 * @param bytes bytes of journal on disk after which folding is due; more than zero
 */
public record FoldLimits(Duration lag, long bytes) {

  /** 5 seconds, 64 MiB. */
  public static final FoldLimits DEFAULT = new FoldLimits(Duration.ofSeconds(5), 64L << 20);

  public FoldLimits {
    if (lag.isNegative() || lag.isZero() || bytes <= 0) {
      throw new IllegalArgumentException("fold limits: " + lag + ", " + bytes + " bytes");
    }
  }
}
