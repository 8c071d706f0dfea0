// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.handler.BlobFormat;
import dev.waltap.handler.JsonLinesHandler;
import dev.waltap.testdata.Directories;
import dev.waltap.testdata.TestDatabase;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;

/**
 * Captures what waits in a log that nobody captured while it was written, twice, and prints what
 * the second time took from the first batch to the last; or what it took SQLite to write that:
 * {@code single|bulk read|json|write CHANGES DIRECTORY}.
 */
public final class WaitingLogMain {
  static final int BULK_ROWS = 10_000;
  private static final int CUSTOMERS = 100_000;

  private final Path database;
  private final Path state;
  private final boolean bulk;
  private final String what;
  private final Random random = new Random(3);
  private long next = CUSTOMERS + 1;

  private WaitingLogMain(Path directory, boolean bulk, String what) {
    this.database = directory.resolve("waiting.db");
    this.state = directory.resolve("state");
    this.bulk = bulk;
    this.what = what;
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[3]), "waiting");
    try {
      var main = new WaitingLogMain(directory, args[0].equals("bulk"), args[1]);
      System.out.println(main.run(Long.parseLong(args[2])).line());
    } finally {
      Directories.delete(directory);
    }
  }

  private Sample run(long changes) throws Exception {
    Customers.create(database, CUSTOMERS);
    try (Connection connection = TestDatabase.open(database)) {
      TestDatabase.execute(connection, "PRAGMA wal_autocheckpoint = 0", "PRAGMA synchronous = OFF");
      try (var capture = Waltap.open(database).stateDirectory(state).listener(SILENT).build()) {
        capture.setup();
      }
      write(connection, 1); // The log begins with it: or else all would be net changes.
      capture(1);
      write(connection, changes / 4);
      capture(changes / 4);
      Stopwatch writing = new Stopwatch();
      write(connection, changes);
      return what.equals("write") ? writing.elapsed() : capture(changes);
    }
  }

  private static final CaptureListener SILENT = new CaptureListener() {};

  private void write(Connection connection, long changes) throws SQLException {
    if (bulk) {
      for (long left = changes; left > 0; left -= BULK_ROWS) {
        long rows = Math.min(left, BULK_ROWS);
        Customers.insert(connection, next, next + rows - 1);
        next += rows;
      }
      return;
    }
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE customer SET quantity = quantity + 1 WHERE id = ?")) {
      for (long i = 0; i < changes; i++) {
        update.setLong(1, 1 + random.nextInt(CUSTOMERS));
        update.executeUpdate();
      }
    }
  }

  private Sample capture(long expected) {
    Counting counting = new Counting(what.equals("json"));
    try (var capture =
        Waltap.open(database)
            .stateDirectory(state)
            .once(true)
            .listener(SILENT)
            .handler(counting)
            .build()) {
      capture.cdc();
    }
    if (counting.changes != expected) {
      throw new IllegalStateException(counting.changes + " changes instead of " + expected);
    }
    return counting.reading.sinceFirst();
  }

  /** Reads all, or renders it to nowhere. */
  private static final class Counting implements ChangesHandler {
    private final ReadingHandler reading = new ReadingHandler();
    private final JsonLinesHandler rendering =
        new JsonLinesHandler(OutputStream.nullOutputStream(), BlobFormat.HEX);
    private final boolean json;
    private long changes;

    Counting(boolean json) {
      this.json = json;
    }

    @Override
    public void handleChanges(List<Change> batch) throws Exception {
      reading.handleChanges(json ? List.of() : batch);
      if (json) {
        rendering.handleChanges(batch);
      }
      changes += batch.size();
    }
  }
}
