// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.capture.MetricsSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A capture that delivers one batch and then, where it should go on, waits to be closed. */
final class FakeCapture implements ChangeDataCapture {

  private final CaptureOptions options;
  private final List<Change> changes;
  private final boolean repeating;
  private final CountDownLatch closed = new CountDownLatch(1);
  String called = "";

  FakeCapture(CaptureOptions options, List<Change> changes) {
    this(options, changes, false);
  }

  /**
   * A capture that delivers this batch.
   *
   * @param repeating whether the batch is delivered again and again until the capture is closed
   */
  FakeCapture(CaptureOptions options, List<Change> changes, boolean repeating) {
    this.options = options;
    this.changes = changes;
    this.repeating = repeating;
  }

  CaptureOptions options() {
    return options;
  }

  private void deliver(String mode, boolean wait) {
    called = mode;
    try {
      options.listener().ready();
      do {
        if (!changes.isEmpty()) {
          options.handler().handleChanges(changes);
          options.handler().flush();
        }
      } while (repeating && closed.getCount() > 0);
      if (wait && !options.once()) {
        closed.await();
      }
    } catch (CaptureException e) {
      throw e;
    } catch (Exception e) {
      throw new CaptureException(CaptureException.Reason.HANDLER, "the handler failed", e);
    }
  }

  @Override
  public void cdc() {
    deliver("cdc", true);
  }

  @Override
  public void bootstrap() {
    deliver("bootstrap", false);
  }

  @Override
  public void bootstrapAndCdc() {
    deliver("bootstrapAndCdc", true);
  }

  @Override
  public boolean setup() {
    called = "setup";
    return true;
  }

  @Override
  public boolean teardown() {
    called = "teardown";
    return false;
  }

  @Override
  public CaptureMetrics metrics() {
    Duration none = Duration.ZERO;
    return new MetricsSnapshot(
        null, 0, 0, none, 1, 1, changes.size(), 0, 0, 0, 0, 0, none, none, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
