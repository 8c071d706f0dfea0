// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import java.util.Locale;

/** What a fuzzed database or transaction may contain; each can be left out on its own. */
public enum Feature {
  /** Tables without a rowid. */
  WITHOUT_ROWID,
  /** Declared keys that are not the rowid. */
  DECLARED_KEYS,
  /** STRICT tables. */
  STRICT,
  /** Generated columns. */
  GENERATED,
  /** Tables of hundreds of columns and more. */
  MANY_COLUMNS,
  /** Names that need quotes, are not ASCII, or hide the rowid. */
  ODD_NAMES,
  /** Page sizes other than 4096. */
  PAGE_SIZES,
  /** Encodings other than UTF-8. */
  UTF16,
  /** auto_vacuum full and incremental. */
  AUTO_VACUUM,
  /** Reserved bytes per page; needs the sqlite3 shell. */
  RESERVED_BYTES,
  /** secure_delete. */
  SECURE_DELETE,
  /** Indexes. */
  INDEXES,
  /** Triggers. */
  TRIGGERS,
  /** Foreign keys with cascades. */
  FOREIGN_KEYS,
  /** Malformed text and text with NUL in it. */
  MALFORMED_TEXT,
  /** Rows that need overflow pages. */
  BIG_VALUES,
  /** Changes of the schema. */
  DDL,
  /** Several changes of tables and names in one transaction, which can look like others. */
  MIXED_DDL,
  /** Virtual tables, with the shadow tables that they keep their data in. */
  VIRTUAL_TABLES,
  /** VACUUM and incremental vacuum. */
  VACUUM,
  /** Checkpoints of all kinds. */
  CHECKPOINTS,
  /** Closing and opening the writer's connection. */
  REOPEN,
  /** Rollbacks and savepoints. */
  SAVEPOINTS,
  /** A small page cache, so that transactions spill into the WAL before they commit. */
  SPILL;

  /** Its name on the command line. */
  public String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
