// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/** What a value is, as SQLite's {@code typeof()} says; whatever its column declares. */
public enum StorageClass {
  /** NULL. */
  NULL,
  /** A signed 64-bit integer. */
  INTEGER,
  /** A 64-bit IEEE 754 number; never NaN. */
  REAL,
  /** Text in the database's encoding. */
  TEXT,
  /** Bytes. */
  BLOB
}
