// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.Directories;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Databases are made, written to and deleted at random while one process captures their directory
 * and is killed now and then; in the end the replica of each must be equal to it. Some are written
 * by connections that stay open, others by one for each transaction, whose closing removes the WAL.
 */
public final class FleetSoak {
  private static final long EQUAL_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long EQUAL_NANOS_EACH = TimeUnit.MILLISECONDS.toNanos(20);

  /** Connections that an application keeps open; the one that was used first is closed then. */
  private static final int MAX_KEPT = 500;

  /** How often is looked at what the last run has in use, at most. */
  private static final int SAMPLES = 8;

  private static final int SECONDS_BETWEEN_SAMPLES = 20;

  private final FleetOptions options;
  private final Random random;
  private final Path directory;
  private final Path databases;
  private final FleetReplica replica;
  private final Map<String, Connection> connections = new LinkedHashMap<>();
  private final TreeMap<String, Path> live = new TreeMap<>();
  private final Map<String, List<String>> history = new HashMap<>();
  private final List<FleetUsage> samples = new ArrayList<>();
  private int made;
  private int deleted;
  private int written;
  private int runs;

  /** A soak with these options. */
  public FleetSoak(FleetOptions options) throws IOException {
    this.options = options;
    this.random = new Random(options.whole("--seed"));
    this.directory = Files.createTempDirectory("waltap-fleet");
    this.databases = Files.createDirectory(directory.resolve("databases"));
    this.replica = new FleetReplica(databases.resolve("changes.jsonl"));
  }

  /** Runs it; returns whether all was as promised, and prints what was. */
  public boolean run() throws Exception {
    FleetProcess capture = null;
    try {
      for (int i = 0; i < options.whole("--databases"); i++) {
        make();
      }
      Files.writeString(databases.resolve("broken.sqlite"), "this is no database, but matches");
      capture = start();
      capture = work(capture);
      List<String> different = awaitEqual(capture);
      samples.add(FleetUsage.atRest(capture));
      List<String> leaks = FleetUsage.leaks(samples, options.whole("--max-open"), live.size());
      // Before it ends, which may fail, too.
      Soak.print(
          "fleet: seed %d, %d databases made, %d deleted, %d transactions, %d runs of the capture;"
              + " %d events; different: %s; leaks: %s",
          options.whole("--seed"), made, deleted, written, runs, replica.lines(), different, leaks);
      for (FleetUsage each : samples) {
        Soak.print("the last run had in use, in turn: %s", each);
      }
      long stopped = System.nanoTime();
      int exit = capture.stop();
      Soak.print("ended %.1f s after SIGTERM, exit %d", (System.nanoTime() - stopped) / 1e9, exit);
      return different.isEmpty() && exit == 0 && leaks.isEmpty();
    } finally {
      if (capture != null) {
        capture.close();
      }
      for (Connection connection : connections.values()) {
        connection.close();
      }
      Directories.delete(directory);
    }
  }

  private FleetProcess start() throws Exception {
    runs++;
    FleetProcess process =
        FleetProcess.start(
            directory.resolve("errors" + runs),
            "dev.waltap.cli.Main",
            "bootstrap-and-cdc",
            "--directory",
            databases,
            "--match",
            "*",
            "--state",
            directory.resolve("states"),
            "--max-open",
            options.whole("--max-open"),
            "--output",
            databases.resolve("changes.jsonl"));
    process.awaitReady();
    return process;
  }

  /** Kills it in the first half of the time; what the last run leaks, it does in the second. */
  private FleetProcess work(FleetProcess first) throws Exception {
    FleetProcess capture = first;
    long begin = System.nanoTime();
    long nanos = (long) (options.number("--seconds") * 1e9);
    int kills = options.whole("--kills");
    int killed = 0;
    long lastRun = begin;
    double samplesInAll =
        Math.max(1, Math.min(SAMPLES, options.number("--seconds") / 2 / SECONDS_BETWEEN_SAMPLES));
    while (System.nanoTime() - begin < nanos) {
      act();
      if (killed < kills && System.nanoTime() - begin > nanos / 2 * (killed + 1) / (kills + 1)) {
        killed++;
        live.keySet().forEach(name -> note(name, "kill"));
        capture.kill();
        for (int i = 0; i < 20; i++) {
          act();
        }
        capture = start();
        lastRun = System.nanoTime();
      }
      double share = (double) (System.nanoTime() - lastRun) / (begin + nanos - lastRun);
      if (killed == kills && share * samplesInAll > samples.size()) {
        samples.add(FleetUsage.of(capture));
      }
      Thread.sleep(random.nextInt(8));
    }
    return capture;
  }

  private void act() throws Exception {
    int what = random.nextInt(100);
    if (what < 3) {
      make();
    } else if (what < 6 && live.size() > 3) {
      delete(any());
    } else {
      write(any());
    }
  }

  private String any() {
    List<String> names = new ArrayList<>(live.keySet());
    return names.get(random.nextInt(names.size()));
  }

  private void make() throws SQLException {
    // Now and then one that was there before comes again.
    String name =
        "d" + (deleted > 0 && random.nextInt(3) == 0 ? random.nextInt(made) : made) + ".db";
    if (live.containsKey(name)) {
      return;
    }
    made++;
    Path path = databases.resolve(name);
    try (Connection connection = TestDatabase.open(path)) {
      TestDatabase.execute(
          connection,
          "PRAGMA journal_mode = WAL",
          "PRAGMA synchronous = OFF",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
          "INSERT INTO t VALUES (1, 'first of " + made + "')");
    }
    live.put(name, path);
    note(name, "made");
  }

  private Path path(String name) {
    return databases.resolve(name);
  }

  private void note(String name, String what) {
    history
        .computeIfAbsent(name, key -> new ArrayList<>())
        .add(what + " at " + Instant.now().truncatedTo(ChronoUnit.MILLIS));
  }

  private void delete(String name) throws Exception {
    Connection connection = connections.remove(name);
    if (connection != null) {
      connection.close();
    }
    Path path = path(name);
    live.remove(name);
    deleted++;
    note(name, "deleted");
    for (String suffix : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(Path.of(path + suffix));
    }
  }

  private void write(String name) throws SQLException {
    Path path = path(name);
    Connection open = connections.get(name);
    if (open == null) {
      open = TestDatabase.open(path);
      TestDatabase.execute(open, "PRAGMA synchronous = OFF");
      if (random.nextInt(3) == 0) {
        connections.put(name, open);
        note(name, "kept open");
        closeOldest();
      }
    }
    int id = random.nextInt(20);
    String text = "v" + written++;
    note(name, text);
    switch (random.nextInt(4)) {
      case 0 -> TestDatabase.execute(open, "DELETE FROM t WHERE id = " + id);
      case 1 ->
          TestDatabase.execute(
              open,
              "BEGIN IMMEDIATE",
              "UPDATE t SET v = '" + text + "' WHERE id < " + id,
              "INSERT OR REPLACE INTO t VALUES (" + id + ", '" + text + "b')",
              "COMMIT");
      default ->
          TestDatabase.execute(
              open, "INSERT OR REPLACE INTO t VALUES (" + id + ", '" + text + "')");
    }
    if (!connections.containsKey(name)) {
      open.close();
    }
  }

  private void closeOldest() throws SQLException {
    if (connections.size() > MAX_KEPT) {
      String oldest = connections.keySet().iterator().next();
      Connection connection = connections.remove(oldest);
      if (connection != null) {
        connection.close();
        note(oldest, "closed");
      }
    }
  }

  /** The databases whose replicas differ, when they have had time. */
  private List<String> awaitEqual(FleetProcess capture) throws Exception {
    long end = System.nanoTime() + EQUAL_NANOS + live.size() * EQUAL_NANOS_EACH;
    List<String> different = new ArrayList<>(live.keySet());
    while (!different.isEmpty() && System.nanoTime() < end) {
      replica.read();
      List<String> still = new ArrayList<>();
      for (String name : different) {
        if (!replica.isEqual(name, path(name))) {
          still.add(name);
        }
      }
      different = still;
      if (!capture.isAlive()) {
        throw new IOException("the capture has ended: " + capture.errors());
      }
      Thread.sleep(50);
    }
    for (String name : different) {
      boolean equal = replica.isEqual(name, path(name));
      Soak.print(
          "%s %s %s %s", name, equal, replica.difference(), history.getOrDefault(name, List.of()));
    }
    if (!different.isEmpty()) {
      Soak.print("%s", capture.errors());
    }
    return different;
  }
}
