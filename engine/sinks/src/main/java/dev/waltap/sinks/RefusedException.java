// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a server refuses, and would refuse again; the message says why. */
final class RefusedException extends IOException {

  RefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
