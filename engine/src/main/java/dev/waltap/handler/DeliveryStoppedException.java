// SPDX-License-Identifier: Apache-2.0
package dev.waltap.handler;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The handler was closed while it still tried: the batch is not delivered, and comes again. */
public final class DeliveryStoppedException extends IOException {

  /** The message says what stays undelivered. */
  public DeliveryStoppedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
