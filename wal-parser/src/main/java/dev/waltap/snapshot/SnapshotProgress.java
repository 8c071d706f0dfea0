// SPDX-License-Identifier: Apache-2.0
package dev.waltap.snapshot;

/** Told now and then how far a snapshot is read; what it throws ends the reading. */
@FunctionalInterface
public interface SnapshotProgress {
  /**
   * So many pages are done.
   *
   * @param of how many there are; an estimate
   */
  void pages(long done, long of);
}
