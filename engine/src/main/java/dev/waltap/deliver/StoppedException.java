// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

/** Unwinds the capture thread when the handler's side has ended; never seen by users. */
public final class StoppedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Without a stack trace: it is thrown to end, not to be looked at. */
  public StoppedException() {
    super("stopped", null, false, false);
  }
}
