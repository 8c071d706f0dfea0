package dev.waltap.cli;

import dev.waltap.api.CaptureListener;
import java.io.PrintStream;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Standard error: everything for people, a line at a time, each beginning with {@code waltap: }.
 * {@code --quiet} leaves warnings, errors and the ready line, which scripts wait for. Any thread
 * may call it.
 */
final class Console implements CaptureListener {

  /** Erases the line that the cursor is in, and goes to its start. */
  private static final String CLEAR_LINE = "\r\u001B[K";

  private static final long LINE_NANOS = 2_000_000_000L;
  private static final long BAR_NANOS = 100_000_000L;

  private final PrintStream err;
  private final boolean terminal;
  private final boolean quiet;
  private final boolean verbose;
  private final LongSupplier nanoClock;

  private boolean readySaid;
  private boolean barShown;
  private @Nullable Progress progress;

  /** When progress was last shown, or the work began. */
  private long shownAt;

  private boolean shown;

  Console(
      PrintStream err, boolean terminal, boolean quiet, boolean verbose, LongSupplier nanoClock) {
    this.err = err;
    this.terminal = terminal;
    this.quiet = quiet;
    this.verbose = verbose;
    this.nanoClock = nanoClock;
  }

  @Override
  public synchronized void ready() {
    if (!readySaid) {
      readySaid = true;
      line("ready: every commit from now on will be told");
    }
  }

  @Override
  public synchronized void warning(String message) {
    line("warning: " + message);
  }

  @Override
  public synchronized void detail(String message) {
    if (verbose) {
      line(message);
    }
  }

  /** Something worth a line, unless quiet was asked for. */
  synchronized void note(String message) {
    if (!quiet) {
      line(message);
    }
  }

  synchronized void error(String message) {
    line(message);
  }

  synchronized void stackTrace(Throwable failure) {
    if (verbose) {
      clearBar();
      failure.printStackTrace(err);
    }
  }

  @Override
  public synchronized void progress(String work, long done, long total, String unit) {
    if (quiet) {
      return;
    }
    long now = nanoClock.getAsLong();
    Progress running = progress;
    if (running == null || !running.continues(work, done)) {
      running = new Progress(work, unit, now);
      progress = running;
      shownAt = now;
      shown = false;
    }
    boolean finished = running.moveTo(done, total);
    // Short work is not worth a line; work that was announced is also seen to end.
    boolean due = now - shownAt >= (terminal ? BAR_NANOS : LINE_NANOS) || (finished && shown);
    if (!due) {
      return;
    }
    shownAt = now;
    shown = true;
    if (finished) {
      progress = null;
      line(running.line(now));
    } else if (terminal) {
      err.print(CLEAR_LINE + running.bar(now));
      err.flush();
      barShown = true;
    } else {
      line(running.line(now));
    }
  }

  /** Takes the bar away, before something else is written to the same terminal. */
  synchronized void clearBar() {
    if (barShown) {
      err.print(CLEAR_LINE);
      err.flush();
      barShown = false;
    }
  }

  private void line(String text) {
    clearBar();
    err.print("waltap: " + oneLine(text) + "\n");
    err.flush();
  }

  static String oneLine(String text) {
    return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
