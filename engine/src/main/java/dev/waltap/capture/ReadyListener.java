// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.api.CaptureListener;
import dev.waltap.deliver.ForwardingListener;
import java.util.concurrent.CompletableFuture;

/** Completes a future once the capture is ready. */
final class ReadyListener extends ForwardingListener {
  private final CompletableFuture<Void> future;

  ReadyListener(CaptureListener listener, CompletableFuture<Void> future) {
    super(listener);
    this.future = future;
  }

  @Override
  public void ready() {
    super.ready();
    future.complete(null);
  }
}
