package dev.waltap.capture;

import dev.waltap.api.CaptureListener;
import java.util.concurrent.CompletableFuture;

/** Passes everything on, and completes a future once the capture is ready. */
record ReadyListener(CaptureListener listener, CompletableFuture<Void> future)
    implements CaptureListener {

  @Override
  public void ready() {
    listener.ready();
    future.complete(null);
  }

  @Override
  public void progress(String work, long done, long total, String unit) {
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
