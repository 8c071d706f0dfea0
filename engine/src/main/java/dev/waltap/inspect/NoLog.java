// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

/** Why there is no WAL to describe. */
public enum NoLog {
  /** There is no file. */
  MISSING,
  /** It is empty, or too short for a header. */
  EMPTY,
  /** Its header is torn, or no header: SQLite takes the file for an empty one. */
  NO_HEADER
}
