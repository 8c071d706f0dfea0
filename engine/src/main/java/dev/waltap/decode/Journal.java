// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.diff.TransactionDiff;
import dev.waltap.wal.LogKeeper;

/** Receives each transaction once it is known that it can be followed, before any change of it. */
@FunctionalInterface
public interface Journal {

  /** Nothing is kept. */
  Journal NONE = (transaction, diff, keeper) -> {};

  /**
   * Keeps a transaction.
   *
   * @param diff knows which of its pages matter
   * @param keeper called every now and then while its pages are kept
   */
  void add(CommittedTransaction transaction, TransactionDiff diff, LogKeeper keeper);
}
