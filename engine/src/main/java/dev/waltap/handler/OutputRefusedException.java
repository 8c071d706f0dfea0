// SPDX-License-Identifier: Apache-2.0
package dev.waltap.handler;

import java.io.IOException;

/** Events must not be written where they were asked to go; the message says why. */
public final class OutputRefusedException extends IOException {

  public OutputRefusedException(String message) {
    super(message);
  }
}
