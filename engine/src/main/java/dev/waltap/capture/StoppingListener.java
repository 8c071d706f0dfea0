package dev.waltap.capture;

import dev.waltap.api.CaptureListener;
import dev.waltap.decode.ChangeQueue;
import dev.waltap.decode.StoppedException;

/** Ends long work, which reports its progress, when the capture is to stop. */
record StoppingListener(CaptureListener listener, ChangeQueue queue) implements CaptureListener {

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
  public void ready() {
    listener.ready();
  }

  @Override
  public void progress(String work, long done, long total, String unit) {
    requireRunning(queue);
    listener.progress(work, done, total, unit);
  }

  @Override
  public void warning(String message) {
    listener.warning(message);
  }

  @Override
  public void detail(String message) {
    listener.detail(message);
  }
}
