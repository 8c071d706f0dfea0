// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.Directories;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What it costs to capture many databases: the time of a start without and with state, and then, as
 * a share of them is written each second, processor time, memory and latency.
 */
public final class FleetFigures {
  /** When a row was written whose latency is not counted. */
  static final long UNTIMED = 0;

  private final FleetOptions options;
  private final Path directory;
  private final List<Path> databases = new ArrayList<>();

  /** Figures with these options. */
  public FleetFigures(FleetOptions options) throws IOException {
    this.options = options;
    this.directory = Files.createTempDirectory("waltap-figures");
  }

  /** Takes and prints them. */
  public boolean run() throws Exception {
    try {
      databases.addAll(make(directory, options.whole("--databases"), options.whole("--size")));
      double first = start();
      double second = start();
      Soak.print(
          "fleet of %d databases: ready %.1f s after the first start, which sets up state, %.1f s"
              + " after the next",
          databases.size(), first, second);
      try (FleetProcess capture = capture()) {
        capture.awaitReady();
        Thread.sleep(1000);
        write(capture);
        capture.stop();
        Soak.print("%s", capture.output().strip());
      }
      return true;
    } finally {
      Directories.delete(directory);
    }
  }

  private FleetProcess capture() throws IOException {
    return FleetProcess.start(
        directory.resolve("errors"),
        FleetCaptureMain.class.getName(),
        directory.resolve("databases"),
        directory.resolve("states"),
        options.whole("--max-open"));
  }

  private double start() throws Exception {
    try (FleetProcess capture = capture()) {
      double seconds = capture.awaitReady();
      capture.stop();
      return seconds;
    }
  }

  /**
   * Makes databases that are alike, in a directory of their own below another.
   *
   * @param size of each, in bytes
   */
  static List<Path> make(Path directory, int count, int size) throws IOException, SQLException {
    Path all = Files.createDirectory(directory.resolve("databases"));
    Path model = directory.resolve("model.db");
    int rows = Math.max(1, size / 1000);
    try (Connection connection = TestDatabase.open(model)) {
      TestDatabase.execute(
          connection,
          "PRAGMA journal_mode = WAL",
          "CREATE TABLE times(id INTEGER PRIMARY KEY, at INTEGER)",
          "CREATE TABLE rows(id INTEGER PRIMARY KEY, content BLOB)",
          "INSERT INTO rows(content) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
              + " WHERE i < "
              + rows
              + ") SELECT randomblob(950) FROM n");
    }
    List<Path> made = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      made.add(Files.copy(model, all.resolve("d" + i + ".db")));
    }
    return made;
  }

  /** Writes to databases chosen at random, as these options say; gives how many commits. */
  static long write(List<Path> databases, FleetOptions options) throws SQLException {
    try (Kept kept = new Kept(options)) {
      return write(databases, options, options.number("--seconds"), true, kept);
    }
  }

  private static long write(
      List<Path> databases, FleetOptions options, double seconds, boolean timed, Kept kept)
      throws SQLException {
    Random random = new Random(options.whole("--seed"));
    double perSecond = databases.size() * options.number("--share") / 100;
    long begin = System.nanoTime();
    long count = 0;
    while (System.nanoTime() - begin < seconds * 1e9) {
      long due = begin + (long) (count++ * 1e9 / perSecond);
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      Path database = databases.get(random.nextInt(databases.size()));
      kept.execute(
          database, "INSERT INTO times(at) VALUES (" + (timed ? System.nanoTime() : UNTIMED) + ")");
    }
    return count;
  }

  /** The connections of the writer, where it keeps them open. */
  private static final class Kept implements AutoCloseable {
    private final boolean keeps;
    private final Map<Path, Connection> connections = new HashMap<>();

    Kept(FleetOptions options) {
      this.keeps = options.whole("--keep") != 0;
    }

    void execute(Path database, String statement) throws SQLException {
      if (!keeps) {
        try (Connection connection = TestDatabase.open(database)) {
          TestDatabase.execute(connection, statement);
        }
        return;
      }
      Connection open = connections.get(database);
      if (open == null) {
        open = TestDatabase.open(database);
        connections.put(database, open);
      }
      TestDatabase.execute(open, statement);
    }

    @Override
    public void close() throws SQLException {
      for (Connection connection : connections.values()) {
        connection.close();
      }
    }
  }

  private void write(FleetProcess capture) throws Exception {
    try (Kept kept = new Kept(options)) {
      write(capture, kept);
    }
  }

  private void write(FleetProcess capture, Kept kept) throws Exception {
    write(databases, options, options.number("--warm"), false, kept);
    double cpu = capture.cpuSeconds();
    long begin = System.nanoTime();
    long count = write(databases, options, options.number("--seconds"), true, kept);
    double seconds = (System.nanoTime() - begin) / 1e9;
    Soak.print(
        "%d written in %.0f s (%.0f a second): %.1f %% of a processor, %d MiB, %d descriptors, %d"
            + " threads, %d mappings",
        count,
        seconds,
        count / seconds,
        (capture.cpuSeconds() - cpu) / seconds * 100,
        capture.residentMiB(),
        capture.descriptors(),
        capture.threads(),
        capture.mappings());
    Thread.sleep(2000);
  }
}
