// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.GuardMode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A capture in a process of its own, for {@link CaptureProcess}. Arguments: the database, the
 * guard. Prints {@code ready}; {@code check N} on its input waits for marker N, compares replica
 * and database, and prints one line; the end of its input ends it.
 */
public final class CaptureMain {
  private static final long LIMIT_MILLIS = TimeUnit.SECONDS.toMillis(120);

  private CaptureMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    Path database = Path.of(args[0]);
    LightReplica replica = new LightReplica();
    CaptureListener listener =
        new CaptureListener() {
          @Override
          public void ready() {
            System.out.println("ready");
          }

          @Override
          public void warning(String message) {
            System.err.println(message);
          }
        };
    ChangeDataCapture capture =
        Waltap.open(database)
            .handler(replica::accept)
            .guard(GuardMode.valueOf(args[1].toUpperCase(Locale.ROOT)))
            .listener(listener)
            .build();
    Thread commands = new Thread(() -> commands(database, replica, capture), "commands");
    commands.setDaemon(true);
    commands.start();
    try {
      capture.bootstrapAndCdc();
    } catch (RuntimeException e) {
      System.out.println("failed: " + e.getMessage());
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void commands(Path database, LightReplica replica, ChangeDataCapture capture) {
    try (BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        capture) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        long marker = Long.parseLong(line.substring("check ".length()));
        boolean emitted = replica.awaitMarker(marker, LIMIT_MILLIS);
        List<String> differences =
            emitted
                ? replica.differences(database)
                : List.of("marker " + marker + " was not emitted");
        CaptureMetrics metrics = capture.metrics();
        System.out.printf(
            Locale.ROOT,
            "%s changes=%d transactions=%d generations=%d overruns=%d reconciles=%d"
                + " reconcileMillis=%d readMillis=%d%n",
            differences.isEmpty() ? "equal" : "DIFFERENT " + differences,
            metrics.changes(),
            metrics.transactions(),
            metrics.generations(),
            metrics.overruns(),
            metrics.reconciles(),
            metrics.reconcileTime().toMillis(),
            metrics.readTransactionTime().toMillis());
      }
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
  }
}
