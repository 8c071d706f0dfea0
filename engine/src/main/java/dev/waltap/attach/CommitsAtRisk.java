// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.api.CaptureListener;

/**
 * Warns, once a run, of commits that a crash would lose by SQLite's own fault: frames that it
 * committed without salts and checksum. The wal-index makes up for it, and a recovery has none. For
 * the capture thread.
 */
public final class CommitsAtRisk {

  /** What such commits are and what may become of them. */
  public static final String WHAT =
      "the WAL has committed frames without checksums, which SQLite 3.11.0 to 3.50.1 writes after"
          + " rolling back a savepoint or a failed statement; capture reads them, but a crash"
          + " before the WAL is reset would lose those commits and later ones, or corrupt the"
          + " database";

  /** What to do about it. */
  public static final String ADVICE =
      "upgrade the application's SQLite to 3.50.2 or later; until then PRAGMA"
          + " wal_checkpoint(TRUNCATE) in the application resets the WAL";

  private final CaptureListener listener;
  private boolean warned;

  /** Warns this listener. */
  public CommitsAtRisk(CaptureListener listener) {
    this.listener = listener;
  }

  /** So many such frames were seen. */
  public void seen(long frames) {
    if (frames > 0 && !warned) {
      warned = true;
      listener.warning(WHAT + ": " + ADVICE);
    }
  }
}
