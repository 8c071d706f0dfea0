// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/** What happened to a row or a table. */
public enum Operation {
  /** A row that was not there before; {@code before} is null. */
  INSERT,
  /** A row that keeps its key and has other column values. */
  UPDATE,
  /** A row that no longer exists; {@code after} is null. */
  DELETE,
  /** A table was created, altered, renamed or dropped. */
  SCHEMA,
  /** Drop what you hold of this table: its rows follow as INSERTs. */
  BOOTSTRAP
}
