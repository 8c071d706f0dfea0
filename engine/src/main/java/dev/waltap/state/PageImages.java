// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

/** The pages that a transaction wrote, each in its last image. */
@FunctionalInterface
public interface PageImages {

  /** Hands every page to the sink, each number once, in any order. */
  void forEach(Sink sink);

  /** Takes pages. */
  interface Sink {

    /** A page as the transaction left it; read at once, the array stays the caller's. */
    void put(int pageNumber, byte[] image);
  }
}
