// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

/** The two kinds of b-tree (file format, section 1.6), which differ in their pages and cells. */
public enum TreeKind {
  /** Rows by their rowid; they stand on the leaves alone. */
  TABLE,

  /**
   * Records by their leading fields, on all of its pages: an index, or the rows of a WITHOUT ROWID
   * table.
   */
  INDEX
}
