// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

/** What identifies a record of an index b-tree where the order of its keys is not known. */
@FunctionalInterface
public interface KeyBytes extends KeyExtent {

  /**
   * A new array with the key's canonical bytes: the same for two records if, and only if, their
   * keys are to count as the same.
   */
  byte[] of(byte[] payload, int offset, int size);
}
