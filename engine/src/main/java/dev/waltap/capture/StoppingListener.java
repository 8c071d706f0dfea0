// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.api.CaptureListener;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.deliver.StoppedException;

/** Ends long work, which reports its progress, when the capture is to stop. */
final class StoppingListener extends ForwardingListener {
  private final ChangeQueue queue;

  StoppingListener(CaptureListener listener, ChangeQueue queue) {
    super(listener);
    this.queue = queue;
  }

  static void requireRunning(ChangeQueue queue) {
    if (queue.isStopped()) {
      throw new StoppedException();
    }
  }

  /** Ends the work if the capture is to stop. */
  void requireRunning() {
    requireRunning(queue);
  }

  @Override
  public void progress(String work, long done, long total, String unit) {
    requireRunning();
    super.progress(work, done, total, unit);
  }
}
