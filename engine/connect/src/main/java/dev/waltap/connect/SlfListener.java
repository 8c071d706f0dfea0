// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.api.CaptureListener;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leads what a capture says into the worker's log. Long work says how far it is now and then. */
final class SlfListener implements CaptureListener {
  private static final Logger LOG = LoggerFactory.getLogger("dev.waltap");
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String database;
  private String work = "";
  private long lastNanos;

  SlfListener(String database) {
    this.database = database;
  }

  @Override
  public void ready() {
    LOG.info("{}: ready: every later commit will be emitted", database);
  }

  @Override
  public void progress(String work, long done, long total, String unit) {
    long now = System.nanoTime();
    if (!work.equals(this.work)) {
      this.work = work;
      lastNanos = now;
    } else if (now - lastNanos >= PAUSE_NANOS) {
      lastNanos = now;
      LOG.info("{}: {}: {} of {} {}", database, work, done, total < 0 ? "?" : total, unit);
    }
  }

  @Override
  public void warning(String message) {
    LOG.warn("{}: {}", database, message);
  }

  @Override
  public void note(String message) {
    LOG.info("{}: {}", database, message);
  }

  @Override
  public void detail(String message) {
    LOG.debug("{}: {}", database, message);
  }
}
