// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

/** What becomes of the rows of a new baseline. */
enum BaselineUse {
  /** They wait: for changes only, or for a bootstrap, whichever is asked for first. */
  SETUP,
  /** Nothing: only what changes from now on is emitted. */
  CHANGES_ONLY,
  /** They are emitted; if that is interrupted, it starts again. */
  BOOTSTRAP
}
