// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

import org.jspecify.annotations.Nullable;

/** A database that can't be read as it is; the subclass says why. */
public abstract sealed class DatabaseException extends RuntimeException
    permits CorruptDatabaseException, DatabaseGoneException, UnsupportedDatabaseException {

  DatabaseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
