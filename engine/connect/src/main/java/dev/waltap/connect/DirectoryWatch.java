// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then whether databases came or went, on a thread of its own. */
final class DirectoryWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.waltap");

  private final Supplier<List<String>> listing;
  private final long pauseMillis;
  private final Runnable changed;
  private final Thread thread;
  private List<String> last;

  /**
   * Begins to look.
   *
   * @param changed called when the listing is another one than it was
   */
  DirectoryWatch(Supplier<List<String>> listing, long pauseMillis, Runnable changed) {
    this.listing = listing;
    this.pauseMillis = pauseMillis;
    this.changed = changed;
    this.last = listing.get();
    this.thread = new Thread(this::run, "waltap-directory");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(pauseMillis);
        look();
      }
    } catch (InterruptedException e) {
      LOG.debug("the directory is not looked at any more");
    }
  }

  private void look() {
    try {
      List<String> now = listing.get();
      if (!now.equals(last)) {
        changed.run();
        last = now; // Not before: a worker that could not take it now is asked again.
      }
    } catch (RuntimeException e) {
      LOG.warn("looked for databases in vain: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
