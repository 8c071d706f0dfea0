// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.state.StateDirectory;
import java.nio.file.Path;

/**
 * The making of a state by a thread of ours, waited for by the caller's.
 *
 * @param directory what is made
 * @param none the session's queue, into which nothing is put, and which ends it
 * @param working the thread, not started yet
 */
record SetupRun(Path database, StateDirectory directory, ChangeQueue none, OwnThread working) {

  /**
   * Runs it to its end; an interrupt of the caller's ends it, and is kept.
   *
   * @throws CaptureException if no state was made
   */
  void run() {
    working.delivered();
    working.start();
    InterruptedException interrupt = working.joinUnlessInterrupted();
    if (interrupt != null) {
      none.stop();
      working.join();
      Thread.currentThread().interrupt();
    }
    Throwable failure = none.failure();
    if (failure == null && directory.exists()) {
      return;
    }
    if (failure instanceof CaptureException capture) {
      throw capture;
    }
    throw failure != null
        ? DatabaseChecks.failed(database, failure)
        : new CaptureException(
            Reason.FAILED,
            interrupt != null
                ? "the thread was interrupted during setup; nothing was set up"
                : "the capture was closed during setup; nothing was set up",
            interrupt);
  }
}
