// SPDX-License-Identifier: Apache-2.0
package dev.waltap.handler;

import java.io.IOException;

/** Whoever read the output is gone; there is nobody to report to. */
public final class ClosedPipeException extends IOException {

  public ClosedPipeException(Throwable cause) {
    super("the reader of the output has closed it", cause);
  }
}
