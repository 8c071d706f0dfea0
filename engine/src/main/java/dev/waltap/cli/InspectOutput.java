// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.inspect.NoLog;
import dev.waltap.inspect.PageImage;
import dev.waltap.inspect.WalInspection;
import dev.waltap.inspect.WalTotals;
import org.jspecify.annotations.Nullable;

/** One way to write what an inspection finds. For one thread. */
interface InspectOutput extends WalInspection.Sink {

  /**
   * The whole WAL in few words, before its transactions.
   *
   * @param none why there is nothing; null if there is something
   */
  void totals(WalTotals totals, @Nullable NoLog none);

  /** A page or frame and its fields. */
  void image(PageImage image);

  /** After the last transaction. */
  void end();

  @Override
  default void summary(WalInspection.@Nullable Summary summary) {}
}
