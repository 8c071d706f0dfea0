// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import java.util.Locale;

/** What the capture of a database is doing, as whoever runs it says. */
public enum DatabaseState {
  /** It attaches, sets up state, or scans. */
  STARTING(true, false),
  /** Every later commit will be emitted. */
  READY(true, true),
  /** Nothing is held open, since nothing is written; it goes on when something is. */
  PARKED(true, true),
  /** It failed and will be started again. */
  RETRYING(true, false),
  /** It has done what it was started for, or was stopped. */
  ENDED(false, false),
  /** It failed and will not be started again. */
  FAILED(false, false);

  private final boolean working;
  private final boolean ready;

  DatabaseState(boolean working, boolean ready) {
    this.working = working;
    this.ready = ready;
  }

  /** Whether changes will still be delivered, now or later. */
  public boolean isWorking() {
    return working;
  }

  /** Whether every later commit is certain to be emitted. */
  public boolean isReady() {
    return ready;
  }

  /** Its word in answers and labels. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
