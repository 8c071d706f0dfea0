// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import dev.waltap.api.CaptureListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What a capture says where nobody listens: to {@link System.Logger}, which an application may lead
 * where its own log goes. Long work says how far it is every ten seconds, short work nothing.
 */
final class LoggingListener implements CaptureListener {
  static final String LOGGER = "dev.waltap";

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Logger logger;
  private final LongSupplier nanoClock;
  private final String name;
  private String work = "";
  private long lastNanos;

  LoggingListener(Path database) {
    this(database, System.getLogger(LOGGER), System::nanoTime);
  }

  LoggingListener(Path database, Logger logger, LongSupplier nanoClock) {
    this.name = String.valueOf(database.getFileName());
    this.logger = logger;
    this.nanoClock = nanoClock;
  }

  @Override
  public void ready() {
    log(Level.INFO, "ready: every later commit will be emitted");
  }

  @Override
  public void progress(String work, long done, long total, String unit) {
    long now = nanoClock.getAsLong();
    if (!work.equals(this.work)) {
      this.work = work;
      lastNanos = now;
    } else if (now - lastNanos >= PAUSE_NANOS) {
      lastNanos = now;
      log(Level.INFO, work + ": " + done + (total < 0 ? " " : " of " + total + " ") + unit);
    }
  }

  @Override
  public void warning(String message) {
    log(Level.WARNING, message);
  }

  @Override
  public void note(String message) {
    log(Level.INFO, message);
  }

  @Override
  public void detail(String message) {
    log(Level.DEBUG, message);
  }

  /** Of which capture it is must be seen, where several log to the same place. */
  private void log(Level level, String message) {
    logger.log(level, message.contains(name) ? message : name + ": " + message);
  }
}
