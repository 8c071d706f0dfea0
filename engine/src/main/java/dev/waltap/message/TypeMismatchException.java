// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import java.io.IOException;

/** A value is not of its column's type, under {@link TypeMismatch#FAIL}. */
public final class TypeMismatchException extends IOException {
  private static final long serialVersionUID = 1L;

  TypeMismatchException(String message) {
    super(message);
  }
}
