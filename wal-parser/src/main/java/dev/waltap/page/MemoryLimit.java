// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

/**
 * How much memory one holder may use: a floor that is its own, and from there up to a maximum what
 * a {@link MemoryBudget} has to give. For one thread at a time; the holder closes it.
 */
public final class MemoryLimit implements AutoCloseable {

  /** Bytes to ask a budget for at once, or a few pages where those are large. */
  public static final int PIECE = 64 << 10;

  private final long floor;
  private final long max;
  private final MemoryBudget budget;
  private long granted;

  /**
   * As much as the floor to begin with.
   *
   * @param floor bytes that may be used in any case
   * @param max bytes that are never exceeded
   * @param budget gives what is used between the two
   */
  public MemoryLimit(long floor, long max, MemoryBudget budget) {
    this.floor = floor;
    this.max = Math.max(floor, max);
    this.budget = budget;
    this.granted = floor;
  }

  /** Always so many bytes. */
  public static MemoryLimit of(long bytes) {
    return new MemoryLimit(bytes, bytes, MemoryBudget.NONE);
  }

  /** The limit of one who uses a part of this memory, out of the same budget. */
  public MemoryLimit part(int parts, int of) {
    return new MemoryLimit(floor / of * parts, max / of * parts, budget);
  }

  /** The same floor, and a lower maximum. */
  public MemoryLimit atMost(long bytes) {
    return new MemoryLimit(floor, Math.min(max, bytes), budget);
  }

  /** Bytes that may be used in any case. */
  public long floor() {
    return floor;
  }

  /** Bytes that may never be exceeded. */
  public long max() {
    return max;
  }

  /** Bytes that may be used now. */
  public long granted() {
    return granted;
  }

  /** About how many bytes could be used if all were asked for now. */
  public long attainable() {
    return granted + Math.min(max - granted, budget.available());
  }

  /** Bytes of the budget that are in use. */
  public long reserved() {
    return granted - floor;
  }

  /** Whether it can ever be more than the floor. */
  public boolean isGrowing() {
    return floor < max;
  }

  /** Raises what may be used by so many bytes; false if that is not to be had. */
  public boolean grow(long bytes) {
    if (bytes > max - granted || !budget.reserve(bytes)) {
      return false;
    }
    granted += bytes;
    return true;
  }

  /** Gives back so many bytes, which are not used any more. */
  public void shrink(long bytes) {
    assert bytes <= reserved() : bytes + " of " + reserved() + " bytes";
    if (bytes > 0) {
      granted -= bytes;
      budget.release(bytes);
    }
  }

  /** Whether something is to be given back, since others need it. */
  public boolean isOverdrawn() {
    return granted > floor && budget.isOverdrawn();
  }

  /** Gives back all but the floor; no more is used than that. */
  @Override
  public void close() {
    shrink(reserved());
  }
}
