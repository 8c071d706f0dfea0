// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureMode;
import dev.waltap.api.Fleet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The thread that a fleet runs on until it is closed. */
final class FleetThread {
  private FleetThread() {}

  /**
   * Starts one, and waits until all databases are captured.
   *
   * @param ready opened by the fleet's listener
   * @param failure gets what ends it, if that is a failure
   */
  static Thread start(
      Fleet fleet, CountDownLatch ready, int seconds, AtomicReference<Throwable> failure)
      throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              try {
                fleet.run(CaptureMode.CDC);
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    thread.start();
    assertThat(ready.await(seconds, TimeUnit.SECONDS)).isTrue();
    return thread;
  }
}
