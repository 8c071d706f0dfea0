// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import dev.waltap.api.CaptureListener;

/** Ends long work, which reports its progress, when the capture is to stop. */
public final class StoppingListener extends ForwardingListener {
  private final ChangeQueue queue;

  public StoppingListener(CaptureListener listener, ChangeQueue queue) {
    super(listener);
    this.queue = queue;
  }

  public static void requireRunning(ChangeQueue queue) {
    if (queue.isStopped()) {
      throw new StoppedException();
    }
  }

  /** Ends the work if the capture is to stop. */
  public void requireRunning() {
    requireRunning(queue);
  }

  @Override
  public void progress(String work, long done, long total, String unit) {
    requireRunning();
    super.progress(work, done, total, unit);
  }
}
