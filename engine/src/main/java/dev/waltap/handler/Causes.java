// SPDX-License-Identifier: Apache-2.0
package dev.waltap.handler;

import org.jspecify.annotations.Nullable;

/** What a failure comes from. Stateless. */
public final class Causes {

  /** Causes may go round in a circle. */
  private static final int MAX_DEPTH = 20;

  private Causes() {}

  /** The exception of this type that a failure is or comes from; null if there is none. */
  public static <T extends Throwable> @Nullable T find(Class<T> type, Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
      at = at.getCause();
    }
    return null;
  }
}
