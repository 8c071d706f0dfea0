// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import java.util.Locale;

/** Which rows are sent that were there before the connector. */
enum SnapshotMode {
  /** All, when the database is captured for the first time. */
  INITIAL,
  /** All, when it is captured for the first time, and whenever history was lost. */
  WHEN_NEEDED,
  /** None: changes only. */
  NO_DATA;

  static SnapshotMode of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
