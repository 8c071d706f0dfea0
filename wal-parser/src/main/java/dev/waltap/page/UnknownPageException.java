// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

/**
 * A page was asked for that the page set does not hold. A transaction that leads to one can't be
 * followed from the log alone; a snapshot of the whole is needed.
 */
public final class UnknownPageException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public UnknownPageException(int pageNumber) {
    super("page " + Integer.toUnsignedString(pageNumber) + " is not in the page set");
  }
}
