// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

/** One version of a database, page by page. For one thread. */
@FunctionalInterface
public interface PageSource {

  /**
   * The image of a page. Read only, and the source's own: it stays as it is until the transaction
   * or scan that is under way has ended, not longer.
   *
   * @param pageNumber 1 or more
   * @throws UnknownPageException if this source does not hold the page
   */
  byte[] page(int pageNumber);

  /**
   * Called between two pages by a walk along a whole tree that reads none of the images it was
   * given so far any more: a source that nobody else reads meanwhile may use their arrays again.
   */
  default void leave() {}
}
