// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureListener;
import dev.waltap.cli.LogLine.Level;
import dev.waltap.handler.Secrets;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
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

  /** The ready line; that of a fleet may go on with what is not captured yet. */
  static final String READY = "ready: every later commit will be emitted";

  private static final int DEFAULT_COLUMNS = 80;

  /** Where lines pile up, as in a log, each comes after twice the time of the one before it. */
  private static final long FIRST_LINE_NANOS = 2_000_000_000L;

  private static final long LAST_LINE_NANOS = 64_000_000_000L;
  private static final long BAR_NANOS = 100_000_000L;

  private final PrintStream err;
  private final boolean terminal;
  private final IntSupplier columns;
  private final LongSupplier nanoClock;
  private boolean quiet;
  private boolean verbose;
  private boolean onlyErrors;
  private boolean readySaid;
  private boolean silent;
  private boolean json;
  private @Nullable String database;
  private Secrets secrets = Secrets.NONE;
  private Consumer<String> warnings = warning -> {};

  /** Null where each warning is written. */
  private @Nullable AlikeWarnings alike;

  private boolean barShown;
  private int width;
  private @Nullable Progress progress;

  /** When progress was last shown, or the work began. */
  private long shownAt;

  private boolean shown;
  private long lineNanos = FIRST_LINE_NANOS;

  Console(
      PrintStream err, boolean terminal, boolean quiet, boolean verbose, LongSupplier nanoClock) {
    this(err, terminal, () -> DEFAULT_COLUMNS, quiet, verbose, nanoClock);
  }

  /**
   * A console.
   *
   * @param terminal whether a line can be written over
   * @param columns how wide the terminal is, asked for when a bar is first shown
   */
  Console(
      PrintStream err,
      boolean terminal,
      IntSupplier columns,
      boolean quiet,
      boolean verbose,
      LongSupplier nanoClock) {
    this.err = err;
    this.terminal = terminal;
    this.columns = columns;
    this.quiet = quiet;
    this.verbose = verbose;
    this.nanoClock = nanoClock;
  }

  @Override
  public synchronized void ready() {
    ready(READY);
  }

  /** The one ready line, which begins with "ready", with what is true. */
  synchronized void ready(String what) {
    if (!readySaid && !silent) {
      readySaid = true;
      line(Level.INFO, what);
    }
  }

  /** Leaves out the ready line, too: for {@code --quiet} where nobody waits for it. */
  synchronized void silence() {
    silent = quiet;
  }

  /** Leaves out what matters less, from now on; the ready line stays. */
  synchronized void level(Level least) {
    quiet = least.compareTo(Level.INFO) > 0;
    verbose = least == Level.DEBUG;
    onlyErrors = least == Level.ERROR;
  }

  /** Writes objects from now on, and no progress that moves. */
  synchronized void writeJson() {
    json = true;
  }

  /** Names the database that all is about from now on, where lines have a place for it. */
  synchronized void about(String name) {
    database = name;
  }

  /** Names the database that these lines are about, of several, where lines have a place for it. */
  synchronized void about(String name, Runnable lines) {
    String before = database;
    database = name;
    try {
      lines.run();
    } finally {
      database = before;
    }
  }

  /** Leaves these, too, out of all that is written from now on. */
  synchronized void hide(Secrets values) {
    secrets = secrets.and(values);
  }

  /** Lets somebody know of each warning, without its secrets. */
  synchronized void onWarning(Consumer<String> listener) {
    warnings = listener;
  }

  @Override
  public synchronized void warning(String message) {
    String shown = secrets.hide(message);
    warnings.accept(shown);
    if (!onlyErrors) {
      line(Level.WARN, shown);
    }
  }

  /** Writes warnings about many databases that say the same once, and then their number. */
  synchronized void mergeAlike() {
    alike = new AlikeWarnings();
  }

  /**
   * A warning about one of many databases.
   *
   * @param text the same without that database's name
   */
  synchronized void warning(String name, String message, String text) {
    warningAlike(name, message, text);
  }

  /** A warning that the outputs of many databases may have, each of its own, and all the same. */
  synchronized void outputWarning(String message) {
    warningAlike(null, message, message);
  }

  private void warningAlike(@Nullable String name, String message, String text) {
    AlikeWarnings merged = alike;
    boolean written =
        merged == null || merged.isNew(name, secrets.hide(text), nanoClock.getAsLong()) || verbose;
    if (written) {
      warning(message);
    } else {
      warnings.accept(secrets.hide(message));
    }
    writeAlike(false);
  }

  /**
   * Writes how many warnings were like others, where it is time for that.
   *
   * @param all whether it is time now, since nothing follows
   */
  synchronized void writeAlike(boolean all) {
    AlikeWarnings merged = alike;
    if (merged == null) {
      return;
    }
    List<AlikeWarnings.Line> lines = all ? merged.all() : merged.due(nanoClock.getAsLong());
    if (verbose || onlyErrors) {
      return; // Each was written, or none is.
    }
    String before = database;
    for (AlikeWarnings.Line each : lines) {
      database = each.name();
      line(Level.WARN, each.text());
    }
    database = before;
  }

  @Override
  public synchronized void detail(String message) {
    if (verbose) {
      line(Level.DEBUG, secrets.hide(message));
    }
  }

  /** Something worth a line, unless quiet was asked for. */
  @Override
  public synchronized void note(String message) {
    if (!quiet) {
      line(Level.INFO, secrets.hide(message));
    }
  }

  /** What was asked for, and is said even if quiet was, too. */
  synchronized void say(String message) {
    line(Level.INFO, secrets.hide(message));
  }

  synchronized void error(String message) {
    line(Level.ERROR, secrets.hide(message));
  }

  synchronized void stackTrace(Throwable failure) {
    if (verbose) {
      clearBar();
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      String text = secrets.hide(trace.toString());
      err.print(json ? LogLine.json(Instant.now(), Level.ERROR, database, text) + "\n" : text);
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
      lineNanos = FIRST_LINE_NANOS;
    }
    boolean finished = running.moveTo(done, total);
    // Short work is not worth a line; work that was announced is also seen to end.
    boolean due = now - shownAt >= (moves() ? BAR_NANOS : lineNanos) || (finished && shown);
    if (!due) {
      return;
    }
    shownAt = now;
    shown = true;
    if (finished) {
      progress = null;
      line(Level.INFO, running.line(now));
    } else if (moves()) {
      showBar(running.bar(now));
    } else {
      line(Level.INFO, running.line(now));
      lineNanos = Math.min(LAST_LINE_NANOS, lineNanos * 2);
    }
  }

  /** A bar that took more than one line could not be cleared. */
  private void showBar(String bar) {
    if (width == 0) {
      width = columns.getAsInt();
    }
    err.print(CLEAR_LINE + (bar.length() < width ? bar : bar.substring(0, width - 1)));
    err.flush();
    barShown = true;
  }

  /** Takes the bar away, before something else is written to the same terminal. */
  synchronized void clearBar() {
    if (barShown) {
      err.print(CLEAR_LINE);
      err.flush();
      barShown = false;
    }
  }

  private boolean moves() {
    return terminal && !json;
  }

  private void line(Level level, String text) {
    clearBar();
    String shown = oneLine(text);
    if (json) {
      err.print(LogLine.json(Instant.now(), level, database, shown) + "\n");
    } else {
      err.print("waltap: " + (level == Level.WARN ? "warning: " : "") + shown + "\n");
    }
    err.flush();
  }

  static String oneLine(String text) {
    return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
