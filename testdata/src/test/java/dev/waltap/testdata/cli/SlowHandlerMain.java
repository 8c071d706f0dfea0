// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.ChangeDataCapture;
import java.nio.file.Path;

/** Captures a database with a handler that takes its time; says on standard error how far it is. */
final class SlowHandlerMain {
  private static long handled;

  private SlowHandlerMain() {}

  public static void main(String[] args) {
    CaptureListener ready =
        new CaptureListener() {
          @Override
          public void ready() {
            System.err.println("waltap: ready");
          }
        };
    try (ChangeDataCapture capture =
        Waltap.open(Path.of(args[0]))
            .handler(
                changes -> {
                  Thread.sleep(50);
                  handled += changes.size();
                  if (handled % 2560 < changes.size()) {
                    System.err.println("handled " + handled);
                  }
                  if (handled >= 20_000) {
                    System.err.println("handled 20000");
                  }
                })
            .listener(ready)
            .build()) {
      capture.cdc();
    }
  }
}
