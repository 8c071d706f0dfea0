// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

/** The b-tree order of the keys of a WITHOUT ROWID table. */
@FunctionalInterface
public interface KeyOrder extends KeyExtent {

  /**
   * Compares the keys of two records.
   *
   * @return negative, zero or positive as the first comes before, with or after the second
   */
  int compare(byte[] a, int offsetA, int sizeA, byte[] b, int offsetB, int sizeB);
}
