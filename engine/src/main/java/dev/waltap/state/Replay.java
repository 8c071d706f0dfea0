// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

/** Receives the journal, one transaction after the other, in order. */
public interface Replay {

  /**
   * A transaction begins.
   *
   * @param acknowledged whether its changes were delivered: it moves the page set and is not
   *     emitted
   */
  void begin(JournalEntry entry, boolean acknowledged);

  /** A page of it; the array is the receiver's from here on. */
  void page(int pageNumber, byte[] image);

  /** The transaction is whole. */
  void end();
}
