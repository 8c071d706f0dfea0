// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.testdata.Directories;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;

/**
 * Prints what it took to set up state for a database, or to find the net changes after its log was
 * gone: {@code setup|reconcile DB DIRECTORY}.
 */
public final class StateMain {
  private static final CaptureListener SILENT = new CaptureListener() {};

  private StateMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[2]), "state");
    try {
      Path copy = directory.resolve("copy.db");
      Files.copy(Path.of(args[1]), copy, StandardCopyOption.COPY_ATTRIBUTES);
      Sample setup = setUp(copy, directory.resolve("state"));
      System.out.println(
          (args[0].equals("setup") ? setup : reconcile(copy, directory.resolve("state"))).line());
    } finally {
      Directories.delete(directory);
    }
  }

  private static Sample setUp(Path database, Path state) {
    Stopwatch watch = new Stopwatch();
    try (var capture = Waltap.open(database).stateDirectory(state).listener(SILENT).build()) {
      capture.setup();
    }
    return watch.elapsed();
  }

  private static Sample reconcile(Path database, Path state) throws Exception {
    try (Connection connection = TestDatabase.open(database)) {
      TestDatabase.execute(
          connection, "UPDATE customer SET quantity = quantity + 1 WHERE id % 100000 = 1");
    } // The last one to close it checkpoints, and the log is gone.
    ReadingHandler handler = new ReadingHandler();
    Stopwatch watch = new Stopwatch();
    try (var capture =
        Waltap.open(database)
            .stateDirectory(state)
            .once(true)
            .listener(SILENT)
            .handler(handler)
            .build()) {
      capture.cdc();
    }
    if (handler.rows() == 0) {
      throw new IllegalStateException("no net changes");
    }
    return watch.elapsed();
  }
}
