// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.capture.Workers;

/**
 * The threads of a fleet: those that run sessions, and those that call handlers and open and close
 * members. They are kept apart since a handler may leave somebody behind who interrupts its thread
 * too late: an interrupt closes the files of whoever works there then, and must find no session of
 * another database.
 *
 * <p>Any thread but for {@link #tend}; closed by the fleet's, when all members have ended.
 */
final class FleetThreads implements AutoCloseable {
  private final WorkerPool sessions = new WorkerPool();
  private final WorkerPool handlers = new WorkerPool();

  /** For what a capture does by itself: its log, its database, its state. */
  Workers sessions() {
    return sessions;
  }

  /** For what calls handlers and outputs. */
  Workers handlers() {
    return handlers;
  }

  /** Has those go on that are held up; called every now and then, by the fleet's thread. */
  void tend() {
    sessions.tend();
    handlers.tend();
  }

  /** Returns when none runs any more, unless one does not end. */
  @Override
  public void close() {
    try {
      handlers.close();
    } finally {
      sessions.close();
    }
  }
}
