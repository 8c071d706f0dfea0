// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.ChangesHandler;
import dev.waltap.demo.DemoShop;
import dev.waltap.demo.DemoShow;
import dev.waltap.file.JsonLinesHandler;
import dev.waltap.file.StandardOutput;
import dev.waltap.file.TextHandler;
import dev.waltap.handler.DeliveryStoppedException;
import dev.waltap.host.Browser;
import dev.waltap.host.Terminal;
import dev.waltap.json.BlobFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
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
      "A temporary database with a live writer, captured on the screen: the SQL that runs beside the"
          + " events that come out. Works with no file at hand, and leaves nothing behind.",
      "Shows one transaction of each kind and ends. With --duration or --count it continues until"
          + " then, with --format or --web until Ctrl-C.",
      "How long the events of a transaction took is counted from when its COMMIT began until the"
          + " handler had the last of them; a JVM that has just started takes its time. --verbose shows each event as JSON, too."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waltap demo",
      "  waltap demo --duration 1m",
      "  waltap demo --web",
      "  waltap demo --format json --count 20",
      "",
      "Colours appear on terminals only, and not where NO_COLOR is set or TERM is dumb.",
      "",
      "Exit codes: 0 done; 1 failed; 2 usage; 141 reader gone."
    })
final class DemoCommand extends ShellCommand {

  /** What people need to read one transaction before the next. */
  private static final Duration READING = Duration.ofMillis(600);

  private static final Duration SHORT = Duration.ofMillis(50);

  @Option(
      names = "--format",
      paramLabel = "json|text",
      description =
          "Events alone, as other commands print them: JSON lines, or '<timestamp>: <table>"
              + " <operation>' (text).")
  private @Nullable EventFormat format;

  @Option(names = "--duration", paramLabel = "TIME", description = "End after this time, as 10s.")
  private @Nullable Duration duration;

  @Option(names = "--count", paramLabel = "N", description = "End after so many events.")
  private long count = Long.MAX_VALUE;

  @Option(
      names = "--web",
      description =
          "Show it on a live page, too, at an address of this computer that standard error says; a"
              + " browser opens where there is a display.")
  private boolean web;

  DemoCommand(Shell shell) {
    super(shell);
  }

  /** That of the environment is for captures. */
  @Override
  Set<String> onlyTyped() {
    return Set.of("--format");
  }

  @Override
  int run(Console console) throws Exception {
    if (format == EventFormat.DEBEZIUM || format == EventFormat.SQL) {
      throw usage("that --format is not for the demo: give json or text");
    }
    if (count < 1) {
      throw usage("--count must be 1 or more");
    }
    Terminal screen = shell().screen();
    boolean endless = web || format != null || duration != null || count < Long.MAX_VALUE;
    boolean read = web || (format == null && screen.isPresent());
    try (DemoShop shop = DemoShop.open(endless, read ? READING : SHORT);
        Monitoring page = web ? openPage(console) : Monitoring.NONE) {
      console.note("a shop opens in " + shop.database() + "; Ctrl-C closes it");
      page.watch("shop.db");
      return format == null
          ? show(shop, screen, page, console)
          : events(shop, format, page, console);
    }
  }

  private Monitoring openPage(Console console) throws IOException {
    Monitoring page = Monitoring.openOwnPage(console);
    console.say("the live page is at " + page.address());
    if (shell().screen().isPresent()) {
      Browser.open(page.address(), shell().environment());
    }
    return page;
  }

  private int show(DemoShop shop, Terminal screen, Monitoring page, Console console)
      throws Exception {
    DemoShow show =
        new DemoShow(shop, shell().out(), screen.columns(), screen.isColored(), isVerbose());
    AtomicReference<@Nullable ChangeDataCapture> running = new AtomicReference<>();
    ChangesHandler counted =
        changes -> {
          show.handleChanges(changes);
          if (show.changes() >= count) {
            close(running);
          }
        };
    ChangesHandler shown = page.handler(clearing(counted, console));
    int exit = capture(shop, shown, show::rolledBack, running, page, console);
    try {
      show.close(shop, OwnName.typed());
    } catch (DeliveryStoppedException e) {
      console.detail("nobody read how it ended");
    }
    return exit;
  }

  private int events(DemoShop shop, EventFormat as, Monitoring page, Console console)
      throws Exception {
    ChangesHandler lines =
        as == EventFormat.TEXT
            ? new TextHandler(shell().out())
            : new JsonLinesHandler(shell().out(), BlobFormat.HEX);
    AtomicReference<@Nullable ChangeDataCapture> running = new AtomicReference<>();
    ChangesHandler shown = page.handler(limited(clearing(lines, console), running));
    return capture(shop, shown, () -> {}, running, page, console);
  }

  private static ChangesHandler clearing(ChangesHandler handler, Console console) {
    return changes -> {
      console.clearBar();
      handler.handleChanges(changes);
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
      if (left.addAndGet(-shown) == 0) {
        close(running);
      }
    };
  }

  private static void close(AtomicReference<@Nullable ChangeDataCapture> running) {
    ChangeDataCapture capture = running.get();
    if (capture != null) {
      capture.close();
    }
  }

  /** Captures the shop until its story, or the time, or the count is over, or a signal comes. */
  private int capture(
      DemoShop shop,
      ChangesHandler handler,
      DemoShop.RollbackListener rollbacks,
      AtomicReference<@Nullable ChangeDataCapture> running,
      Monitoring page,
      Console console)
      throws Exception {
    Runnable stopOutput = shell().out() instanceof StandardOutput own ? own::stop : () -> {};
    Timer timer = new Timer("waltap-demo-timer", true);
    CaptureBuilder builder = Waltap.open(shop.database()).handler(shop.inTurns(handler));
    try {
      int exit =
          new CaptureRun(shell(), console, true, page)
              .run(
                  builder,
                  stopOutput,
                  capture -> {
                    running.set(capture);
                    shop.start(rollbacks, capture::close);
                    closeInTime(capture, stopOutput, timer);
                    capture.bootstrapAndCdc();
                  });
      shop.stop();
      return exit;
    } finally {
      timer.cancel();
    }
  }

  private void closeInTime(ChangeDataCapture capture, Runnable stopOutput, Timer timer) {
    if (duration != null) {
      timer.schedule(
          new TimerTask() {
            @Override
            public void run() {
              stopOutput.run();
              capture.close();
            }
          },
          duration.toMillis());
    }
  }
}
