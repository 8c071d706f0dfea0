package dev.waltap.capture;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.ChangeDataCapture;

/** Stands in until the engine comes. */
public final class CaptureEngine implements ChangeDataCapture {

  public CaptureEngine(CaptureOptions options) {
    throw new UnsupportedOperationException("no engine yet for " + options.database());
  }

  @Override
  public boolean setup() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean teardown() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cdc() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void bootstrap() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void bootstrapAndCdc() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CaptureMetrics metrics() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
