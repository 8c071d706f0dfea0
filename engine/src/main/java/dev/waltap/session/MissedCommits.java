// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.decode.CommittedTransaction;
import dev.waltap.decode.Replica;
import dev.waltap.page.TransactionPages;
import java.io.IOException;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Where {@link CatchUp} finds what was committed since a capture has ended. */
interface MissedCommits {

  /**
   * Finds it.
   *
   * @param replica as of that end, without a decoder yet
   * @param pages gives what the pages of a transaction are collected in, for the number of bytes
   *     that the others have
   * @return in their order; nothing of it may be handed out before {@link #isProven} says so. Null
   *     if only a session can find it
   */
  @Nullable List<CommittedTransaction> find(Replica replica, LongFunction<TransactionPages> pages)
      throws IOException;

  /** Whether what was found is all that was committed, as of some moment since the search began. */
  boolean isProven();
}
