// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.ChangesHandler;
import dev.waltap.handler.BlobFormat;
import dev.waltap.handler.JsonLinesHandler;
import dev.waltap.handler.TextHandler;
import java.time.Duration;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description = {
      "A temporary database with a live writer, captured on the screen; works with no file at hand.",
      "Runs until Ctrl-C, --duration or --count, and leaves nothing behind."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap demo --duration 10s",
      "  waltap demo --format json --count 20",
      "",
      "Exit codes: 0 done; 1 failed; 2 usage; 141 reader gone."
    })
final class DemoCommand extends ShellCommand {

  @Option(
      names = "--format",
      paramLabel = "json|text",
      description = "JSON lines, or '<timestamp>: <table> <operation>' (text).")
  private EventFormat format = EventFormat.TEXT;

  @Option(names = "--duration", paramLabel = "TIME", description = "End after this time, as 10s.")
  private @Nullable Duration duration;

  @Option(names = "--count", paramLabel = "N", description = "End after so many events.")
  private long count = Long.MAX_VALUE;

  DemoCommand(Shell shell) {
    super(shell);
  }

  @Override
  int run(Console console) throws Exception {
    if (format != EventFormat.JSON && format != EventFormat.TEXT) {
      throw usage("that --format is not for the demo: give json or text");
    }
    if (count < 1) {
      throw usage("--count must be 1 or more");
    }
    Timer timer = new Timer("waltap-demo-timer", true);
    try (DemoShop shop = DemoShop.open()) {
      console.note("a shop opens in " + shop.database() + "; Ctrl-C closes it");
      AtomicReference<@Nullable ChangeDataCapture> running = new AtomicReference<>();
      CaptureBuilder builder =
          Waltap.open(shop.database()).handler(limited(printer(console), running));
      return new CaptureRun(shell(), console, true)
          .run(
              builder,
              () -> {},
              capture -> {
                running.set(capture);
                shop.start();
                closeInTime(capture, timer);
                capture.bootstrapAndCdc();
                shop.stop();
              });
    } finally {
      timer.cancel();
    }
  }

  private ChangesHandler printer(Console console) {
    ChangesHandler lines =
        format == EventFormat.TEXT
            ? new TextHandler(shell().out())
            : new JsonLinesHandler(shell().out(), BlobFormat.HEX);
    return changes -> {
      console.clearBar();
      lines.handleChanges(changes);
    };
  }

  /** Prints exactly as many events as were asked for, then ends the capture from inside. */
  private ChangesHandler limited(
      ChangesHandler printer, AtomicReference<@Nullable ChangeDataCapture> running) {
    AtomicLong left = new AtomicLong(count);
    return changes -> {
      int shown = (int) Math.min(changes.size(), left.get());
      List<Change> first = changes.subList(0, shown);
      if (!first.isEmpty()) {
        printer.handleChanges(first);
      }
      ChangeDataCapture capture = running.get();
      if (left.addAndGet(-shown) == 0 && capture != null) {
        capture.close();
      }
    };
  }

  private void closeInTime(ChangeDataCapture capture, Timer timer) {
    if (duration != null) {
      timer.schedule(
          new TimerTask() {
            @Override
            public void run() {
              capture.close();
            }
          },
          duration.toMillis());
    }
  }
}
