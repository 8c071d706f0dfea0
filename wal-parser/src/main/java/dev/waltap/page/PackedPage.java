// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

/**
 * A page as it is kept: compressed by LZ4, or as it is where that is no shorter, which its size
 * then shows; and the hash of its image. The array is of whoever filled this in, and holds the page
 * until that one is asked for something else. For one thread.
 */
public final class PackedPage {
  private byte[] bytes = new byte[0];
  private int offset;
  private int size;
  private long hash;

  /** Nothing yet. */
  public PackedPage() {}

  /** Leads to a page, whose bytes are not copied. */
  public void set(byte[] of, int from, int length) {
    bytes = of;
    offset = from;
    size = length;
  }

  /** Says what its image hashes to, under whatever seed whoever fills this in has. */
  public void hash(long imageHash) {
    hash = imageHash;
  }

  /** The array that it lies in; read only. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where in the array it begins. */
  public int offset() {
    return offset;
  }

  /** How many bytes it takes; of a page that is not compressed the size of a page. */
  public int size() {
    return size;
  }

  /** The hash of its image. */
  public long hash() {
    return hash;
  }
}
