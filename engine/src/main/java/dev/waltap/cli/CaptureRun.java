// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.handler.Causes;
import dev.waltap.handler.ClosedPipeException;
import dev.waltap.handler.DeliveryStoppedException;
import java.util.function.Consumer;

/**
 * Runs a capture to its end or until a signal: the signal's thread closes the capture, this thread
 * comes back from it and knows the exit code.
 *
 * @param endless whether being stopped is this capture's regular end
 * @param monitoring shows the capture to those who watch it
 */
record CaptureRun(Shell shell, Console console, boolean endless, Monitoring monitoring) {

  /** Where nobody watches. */
  CaptureRun(Shell shell, Console console, boolean endless) {
    this(shell, console, endless, Monitoring.NONE);
  }

  int run(CaptureBuilder builder, Runnable stopHandler, Consumer<ChangeDataCapture> work) {
    StopSignals signals = shell.signals();
    builder.listener(monitoring.listener(console));
    try (ChangeDataCapture capture = shell.engines().apply(builder)) {
      monitoring.capture(capture);
      signals.onStop(
          () -> {
            stopHandler.run();
            capture.close();
          });
      work.accept(capture);
      monitoring.ended(null);
    } catch (RuntimeException e) {
      monitoring.ended(e.getMessage());
      if (signals.received() == 0 || Causes.find(ClosedPipeException.class, e) != null) {
        throw e;
      }
      DeliveryStoppedException undelivered = Causes.find(DeliveryStoppedException.class, e);
      if (undelivered != null) {
        console.warning(String.valueOf(undelivered.getMessage()));
      } else if (endless) {
        throw e;
      } else {
        console.detail(String.valueOf(e.getMessage()));
      }
    }
    int signal = signals.received();
    return signal == 0 || endless ? ExitCode.OK : ExitCode.ofSignal(signal);
  }
}
