// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

/** A file that is well but of a kind that this reader does not know. */
public final class UnsupportedDatabaseException extends DatabaseException {

  public UnsupportedDatabaseException(String message) {
    super(message, null);
  }
}
