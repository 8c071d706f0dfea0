// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

/**
 * What becomes of a value that is not of its column's type, since SQLite stores any value in any
 * column. Values of a key can't be left out: they become strings.
 */
public enum TypeMismatch {
  /** The field is a string in this message, and its schema says so. */
  STRING,
  /** The capture fails. */
  FAIL,
  /** The field is not in this message, nor in its schema. */
  SKIP_FIELD
}
