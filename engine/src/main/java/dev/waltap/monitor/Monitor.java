// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.live.LiveStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The databases that are captured at the moment, by their names: whoever runs a capture registers
 * it, and closes the registration when the capture is gone. For any thread.
 *
 * <p>Only so many databases have a label of their own in metrics, those that came first; all others
 * are summed under {@value #OTHER}, so that a process with thousands of databases does not make
 * thousands of time series of each metric.
 */
public final class Monitor {

  /** The label of all databases that have none of their own. */
  static final String OTHER = "other";

  private final Map<String, MonitoredDatabase> databases = new ConcurrentSkipListMap<>();
  private final LiveStream stream;
  private final int maxLabels;
  private int labels;

  /** A sum of counters must not decrease when one of them goes. */
  private final SummedMetrics departed = new SummedMetrics();

  private final Set<Path> lost = ConcurrentHashMap.newKeySet();
  private volatile boolean looking;
  private int departedDatabases;
  private long departedWarnings;

  /**
   * What those counted that had no label of their own and are gone.
   *
   * @param databases how many those are
   */
  record Departed(int databases, CaptureMetrics counters, long warnings) {}

  /**
   * A monitor of no databases.
   *
   * @param maxLabels how many databases have a label of their own in metrics
   * @param stream takes the changes that are shown on the page
   */
  public Monitor(int maxLabels, LiveStream stream) {
    this.maxLabels = maxLabels;
    this.stream = stream;
  }

  /**
   * Adds a database, which is {@link DatabaseState#STARTING}. A name that is there already gets a
   * number, so that monitoring never is what stops a capture.
   */
  public synchronized MonitoredDatabase register(String name) {
    String free = name;
    for (int i = 2; databases.containsKey(free); i++) {
      free = name + "#" + i;
    }
    boolean labelled = labels < maxLabels && !free.equals(OTHER);
    if (labelled) {
      labels++;
    }
    MonitoredDatabase database = new MonitoredDatabase(this, free, labelled ? free : OTHER);
    databases.put(free, database);
    return database;
  }

  synchronized void remove(MonitoredDatabase database) {
    if (!databases.remove(database.name(), database)) {
      return;
    }
    if (database.label().equals(OTHER)) {
      departedDatabases++;
      departed.addCounters(database.metrics());
      departedWarnings += database.warnings();
    } else {
      labels--;
    }
  }

  /** Says whether databases are still being looked for: nothing is ready until then. */
  public void looksForDatabases(boolean still) {
    looking = still;
  }

  /** Says whether a directory of databases can be searched: nothing is ready while one can't be. */
  public void isSearched(Path directory, boolean can) {
    if (can) {
      lost.remove(directory);
    } else {
      lost.add(directory);
    }
  }

  /** How many directories of databases can't be searched. */
  int lostDirectories() {
    return lost.size();
  }

  boolean looksForDatabases() {
    return looking;
  }

  /** The databases of this moment, by name. */
  List<MonitoredDatabase> databases() {
    return new ArrayList<>(databases.values());
  }

  synchronized Departed departed() {
    SummedMetrics counters = new SummedMetrics();
    counters.addCounters(departed);
    return new Departed(departedDatabases, counters, departedWarnings);
  }

  /** Takes the changes that are shown on the page. */
  LiveStream stream() {
    return stream;
  }
}
