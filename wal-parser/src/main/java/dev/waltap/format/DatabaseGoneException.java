// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

import org.jspecify.annotations.Nullable;

/** A file that was truncated, replaced or removed while it was read. */
public final class DatabaseGoneException extends DatabaseException {

  public DatabaseGoneException(String message) {
    this(message, null);
  }

  public DatabaseGoneException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
