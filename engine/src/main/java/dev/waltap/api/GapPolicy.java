// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/** What to do when history was lost: the WAL was reused before it could be read. */
public enum GapPolicy {
  /** Emit the net changes as one transaction and continue. */
  RECONCILE,
  /** Start over: every table as SCHEMA, BOOTSTRAP and INSERTs. */
  BOOTSTRAP,
  /** Stop with {@link CaptureException.Reason#GAP}. */
  FAIL
}
