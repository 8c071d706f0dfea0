// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import dev.waltap.api.CaptureListener;

/** Passes everything on to another listener, for those that add something to one of the calls. */
public abstract class ForwardingListener implements CaptureListener {
  private final CaptureListener listener;

  public ForwardingListener(CaptureListener listener) {
    this.listener = listener;
  }

  @Override
  public void ready() {
    listener.ready();
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
  public void note(String message) {
    listener.note(message);
  }

  @Override
  public void detail(String message) {
    listener.detail(message);
  }
}
