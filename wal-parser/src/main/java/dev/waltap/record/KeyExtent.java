// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

/** How much of a payload its key takes, which comes first in it. */
public interface KeyExtent {

  /**
   * The number of leading bytes of the payload that must be at hand for its key to be read. More
   * than are at hand means: ask again when there are so many.
   *
   * @param available bytes at hand from the offset on; at least the local part of the payload
   * @param size the whole size of the payload
   */
  default int extent(byte[] payload, int offset, int available, int size) {
    return size;
  }
}
