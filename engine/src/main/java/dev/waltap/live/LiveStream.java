// SPDX-License-Identifier: Apache-2.0
package dev.waltap.live;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Changes as they pass, of all databases of the process, for whoever looks on at the moment. Those
 * who deliver put in, those who look on take copies; each holds the lock for some microseconds. For
 * any thread.
 *
 * <p>Changes that pass while somebody looks on are numbered, whether they are kept or not: who gets
 * fewer than the numbers say knows how many were left out.
 */
public final class LiveStream {

  /** Between two looks, of all tables and of each. */
  static final int MAX_CHANGES = 600;

  static final int MAX_OF_TABLE = 120;

  /** Rows larger than this are not kept, nor more than so many bytes of rows in all. */
  static final long MAX_ROW_BYTES = 256 << 10;

  static final long MAX_BYTES = 4 << 20;

  /** Tables that are counted; those that come later are summed. */
  static final int MAX_TABLES = 2000;

  /** Who has not looked for so long has gone. */
  private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final String OTHER = "(other tables)";

  private final boolean rows;
  private final String id = UUID.randomUUID().toString();
  private final Object lock = new Object();
  private final Deque<LiveChange> kept = new ArrayDeque<>();
  private final Map<String, Map<String, TableCount>> tables = new HashMap<>();
  private int tableCount;
  private long keptBytes;
  private long number;

  /** Each look begins another. */
  private long look;

  private int keptInLook;
  private int waiting;
  private volatile boolean watched;
  private volatile long lastLook;

  /**
   * A stream.
   *
   * @param rows whether changes are kept, or counted only
   */
  public LiveStream(boolean rows) {
    this.rows = rows;
  }

  /** What somebody who looks on sees. */
  public record View(long number, List<LiveChange> changes, List<TableCount.Counts> tables) {}

  /** Distinguishes this stream, and its numbers, from that of another process. */
  public String id() {
    return id;
  }

  /** Whether changes are kept, or counted only. */
  public boolean hasRows() {
    return rows;
  }

  /** A handler that hands on what it gets, and shows it to whoever looks on when that returned. */
  public ChangesHandler tap(String database, ChangesHandler next) {
    return new LiveTap(this, database, next);
  }

  /** Whether somebody looks on. */
  boolean isWatched() {
    if (!watched) {
      return false;
    }
    if (System.nanoTime() - lastLook < WATCH_NANOS) {
      return true;
    }
    synchronized (lock) {
      if (waiting == 0) {
        watched = false;
        kept.clear();
        keptBytes = 0;
      }
    }
    return watched;
  }

  /** Shows these. */
  void show(String database, List<Change> changes) {
    synchronized (lock) {
      Map<String, TableCount> ofDatabase = tables.computeIfAbsent(database, any -> new HashMap<>());
      @Nullable TableCount table = null;
      for (Change change : changes) {
        number++;
        if (table == null || !table.isOf(change.table())) {
          table = table(ofDatabase, database, change.table());
        }
        table.count(change.operation(), number);
        if (rows && keptInLook < MAX_CHANGES && table.mayKeep(look, MAX_OF_TABLE)) {
          keptInLook++;
          keep(LiveChange.of(number, database, change, MAX_ROW_BYTES));
        }
      }
      if (waiting > 0) {
        lock.notifyAll();
      }
    }
  }

  private TableCount table(Map<String, TableCount> ofDatabase, String database, String name) {
    TableCount table = ofDatabase.get(name);
    if (table == null) {
      boolean full = tableCount >= MAX_TABLES;
      String shown = full ? OTHER : name;
      table = full ? ofDatabase.get(shown) : null;
      if (table == null) {
        table = new TableCount(database, shown);
        ofDatabase.put(shown, table);
        tableCount++;
      }
    }
    return table;
  }

  private void keep(LiveChange change) {
    kept.add(change);
    keptBytes += change.bytes();
    while (kept.size() > 2 * MAX_CHANGES || keptBytes > MAX_BYTES) {
      keptBytes -= kept.remove().bytes();
    }
  }

  /**
   * What has passed since a number; from now on somebody looks on.
   *
   * @param after the number of the last look; negative for whatever there is
   * @param millis how long to wait for something to pass
   */
  public View since(long after, long millis) throws InterruptedException {
    synchronized (lock) {
      lastLook = System.nanoTime();
      watched = true;
      long end = lastLook + TimeUnit.MILLISECONDS.toNanos(millis);
      waiting++;
      try {
        long left = end - lastLook;
        while (number <= after && left > 0) {
          TimeUnit.NANOSECONDS.timedWait(lock, left);
          left = end - System.nanoTime();
        }
      } finally {
        waiting--;
      }
      lastLook = System.nanoTime();
      look++;
      keptInLook = 0;
      return new View(number, changesSince(after), tablesSince(after));
    }
  }

  private List<LiveChange> changesSince(long after) {
    List<LiveChange> changes = new ArrayList<>();
    for (LiveChange change : kept) {
      if (change.number() > after) {
        changes.add(change);
      }
    }
    return changes;
  }

  private List<TableCount.Counts> tablesSince(long after) {
    List<TableCount.Counts> counts = new ArrayList<>();
    for (Map<String, TableCount> ofDatabase : tables.values()) {
      for (TableCount table : ofDatabase.values()) {
        if (table.last() > after) {
          counts.add(table.counts());
        }
      }
    }
    return counts;
  }
}
