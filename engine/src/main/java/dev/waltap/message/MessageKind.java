// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

/** What a message is about; each kind goes to a topic of its own. */
public enum MessageKind {
  /** A row, or all rows of a table. */
  ROW,
  /** A table was created, altered, renamed or dropped. */
  SCHEMA,
  /** A transaction begins or ends. */
  TRANSACTION
}
