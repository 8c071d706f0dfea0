// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.faults;

/**
 * A way for system calls, or for allocations, to fail. Calls fail only in ways they may fail in: a
 * read finds no full disk.
 *
 * @see FaultControl
 */
public enum Fault {
  FULL_DISK(28, false, Calls.CHANGES | Calls.SYNC),
  FULL_DISK_FROM_THEN_ON(28, true, Calls.CHANGES | Calls.SYNC),
  IO_ERROR(5, false, Calls.ALL & ~Calls.CONNECT),
  IO_ERROR_FROM_THEN_ON(5, true, Calls.ALL & ~Calls.CONNECT & ~Calls.CLOSE),
  DENIED(13, false, Calls.NAMES | Calls.STAT),
  DENIED_FROM_THEN_ON(13, true, Calls.NAMES | Calls.STAT),
  NO_DESCRIPTOR(24, false, Calls.OPEN),
  NO_DESCRIPTOR_FROM_THEN_ON(24, true, Calls.OPEN),
  NO_MEMORY(12, false, Calls.OPEN | Calls.MAP | Calls.STAT),
  NO_MEMORY_FROM_THEN_ON(12, true, Calls.OPEN | Calls.MAP | Calls.STAT),
  NO_LOCK(37, false, Calls.LOCK),
  INTERRUPTED(4, false, Calls.OPEN | Calls.READ | Calls.WRITE),
  SHORT(0, false, Calls.READ | Calls.WRITE),
  SHORT_FROM_THEN_ON(0, true, Calls.READ | Calls.WRITE),
  RESET(104, false, Calls.READ | Calls.WRITE | Calls.CONNECT),
  RESET_FROM_THEN_ON(104, true, Calls.READ | Calls.WRITE | Calls.CONNECT),
  /** No heap is left for an allocation of the product's own; see {@link AllocationFaults}. */
  OUT_OF_MEMORY(0, false, Calls.ALLOCATION);

  /** Kinds of calls, as the preloaded library numbers them. */
  static final class Calls {
    static final int OPEN = 1;
    static final int READ = 2;
    static final int WRITE = 4;
    static final int SYNC = 8;
    static final int TRUNCATE = 16;
    static final int RENAME = 32;
    static final int UNLINK = 64;
    static final int MAP = 128;
    static final int LOCK = 256;
    static final int STAT = 512;
    static final int CLOSE = 1024;
    static final int CONNECT = 2048;
    static final int MKDIR = 4096;
    static final int ALL = 8191;
    static final int ALLOCATION = 8192;
    static final int NAMES = OPEN | RENAME | UNLINK | MKDIR;
    static final int CHANGES = OPEN | WRITE | TRUNCATE | RENAME | MKDIR;

    private Calls() {}
  }

  private final int error;
  private final boolean sticky;
  private final int kinds;

  Fault(int error, boolean sticky, int kinds) {
    this.error = error;
    this.sticky = sticky;
    this.kinds = kinds;
  }

  /** Linux's number of the error; 0 for half of what was asked for. */
  int error() {
    return error;
  }

  boolean sticky() {
    return sticky;
  }

  int kinds() {
    return kinds;
  }

  /** Whether it belongs to a network connection rather than to files. */
  boolean network() {
    return error == 104;
  }
}
