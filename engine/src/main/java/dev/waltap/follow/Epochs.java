// SPDX-License-Identifier: Apache-2.0
package dev.waltap.follow;

/** The epoch under which a WAL generation is emitted. For the capture thread. */
public final class Epochs {
  private long current;
  private long largest;
  private long offset;

  /** Goes on after what an earlier run gave out. */
  public void resume(long epoch, long largestEver) {
    current = epoch;
    largest = Math.max(epoch, largestEver);
  }

  /** Begins a new epoch, for a bootstrap or a reconcile. */
  public long next() {
    current = ++largest;
    return current;
  }

  /** The tail starts in this generation: it belongs to the current epoch. */
  public void startAt(long generation) {
    offset = generation - current;
  }

  /** The epoch of a generation of the tail's. */
  public long ofGeneration(long generation) {
    if (generation - offset > current) {
      current = Math.max(generation - offset, largest + 1);
      offset = generation - current;
      largest = current;
    }
    assert current <= largest : current + " was not given out";
    return current;
  }

  /** The current epoch. */
  public long current() {
    return current;
  }
}
