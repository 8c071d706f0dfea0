// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.GuardMode;
import dev.waltap.file.JsonLinesHandler;
import dev.waltap.json.BlobFormat;
import dev.waltap.testdata.Directories;
import dev.waltap.testdata.TestDatabase;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Holds the handler up while a log grows, twice, and prints what it took the second time to capture
 * all that waited then; or what it took SQLite to write that: {@code single|bulk read|json|write
 * CHANGES DIRECTORY}. No state is kept: what that costs is measured by {@link StateMain}.
 */
public final class WaitingLogMain {
  static final int BULK_ROWS = 10_000;
  private static final int CUSTOMERS = 100_000;
  private static final int LIMIT_SECONDS = 600;

  private final Path database;
  private final boolean bulk;
  private final String what;
  private final Random random = new Random(3);
  private long next = CUSTOMERS + 1;

  private WaitingLogMain(Path directory, boolean bulk, String what) {
    this.database = directory.resolve("waiting.db");
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
    HeldUp handler = new HeldUp(what.equals("json"));
    try (Connection connection = TestDatabase.open(database);
        CaptureHandle capture =
            Waltap.open(database)
                .noState()
                .guard(GuardMode.ALWAYS)
                .walLimit(Long.MAX_VALUE)
                .listener(new CaptureListener() {})
                .handler(handler)
                .build()
                .start()) {
      TestDatabase.execute(connection, "PRAGMA wal_autocheckpoint = 0", "PRAGMA synchronous = OFF");
      if (!capture.awaitReady(Duration.ofSeconds(LIMIT_SECONDS))) {
        throw new IllegalStateException("the capture ended: " + capture.end());
      }
      write(connection, changes / 4);
      handler.letPass(changes / 4);
      Stopwatch writing = new Stopwatch();
      write(connection, changes);
      Sample written = writing.elapsed();
      Stopwatch capturing = new Stopwatch();
      handler.letPass(changes);
      return what.equals("write") ? written : capturing.elapsed();
    }
  }

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

  /** Reads all, or renders it to nowhere; but nothing before it is let pass. */
  private static final class HeldUp implements ChangesHandler {
    private final ReadingHandler reading = new ReadingHandler();
    private final JsonLinesHandler rendering =
        new JsonLinesHandler(OutputStream.nullOutputStream(), BlobFormat.HEX);
    private final boolean json;
    private final Semaphore allowed = new Semaphore(0);
    private final Semaphore passed = new Semaphore(0);

    HeldUp(boolean json) {
      this.json = json;
    }

    @Override
    public void handleChanges(List<Change> batch) throws Exception {
      allowed.acquire(batch.size());
      if (json) {
        rendering.handleChanges(batch);
      } else {
        reading.handleChanges(batch);
      }
      passed.release(batch.size());
    }

    /** Lets so many changes pass, and waits until they have. */
    void letPass(long changes) throws InterruptedException {
      allowed.release((int) changes);
      if (!passed.tryAcquire((int) changes, LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("there were only " + passed.availablePermits());
      }
    }
  }
}
