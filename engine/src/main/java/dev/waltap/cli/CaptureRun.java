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
 */
record CaptureRun(Shell shell, Console console, boolean endless) {

  int run(CaptureBuilder builder, Runnable stopHandler, Consumer<ChangeDataCapture> work) {
    StopSignals signals = shell.signals();
    try (ChangeDataCapture capture = shell.engines().apply(builder.listener(console))) {
      signals.onStop(
          () -> {
            stopHandler.run();
            capture.close();
          });
      work.accept(capture);
    } catch (RuntimeException e) {
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
