package dev.waltap.decode;

import dev.waltap.diff.TransactionDiff;

/**
 * Is told of each transaction once it is known that it can be followed, before any change of it.
 */
@FunctionalInterface
public interface Journal {

  /** Nothing is kept. */
  Journal NONE = (transaction, diff) -> {};

  /**
   * Keeps a transaction.
   *
   * @param diff knows which of its pages matter
   */
  void add(CommittedTransaction transaction, TransactionDiff diff);
}
