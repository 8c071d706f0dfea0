// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.oracle.Markers;
import dev.waltap.testdata.workload.WriterProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The writer processes of a soak. Used from one thread; closing it kills what still runs. */
final class Writers implements AutoCloseable {
  private final List<WriterProcess> processes = new ArrayList<>();
  private final Path wal;

  private Writers(Path database) {
    this.wal = Path.of(database + "-wal");
  }

  static Writers start(TestDatabase database, SoakOptions options, double seconds)
      throws IOException {
    List<String> by = SlowSync.command(database.directory(), options.syncDelayMillis());
    Writers writers = new Writers(database.path());
    for (int i = 0; i < options.writers(); i++) {
      writers.processes.add(WriterProcess.start(database.path(), options.writer(i, seconds), by));
    }
    return writers;
  }

  /** Waits until they end; gives the size of the largest WAL of the meantime. */
  long largestWal() throws InterruptedException {
    long largest = 0;
    while (processes.stream().anyMatch(WriterProcess::isAlive)) {
      largest = Math.max(largest, wal.toFile().length());
      Thread.sleep(10);
    }
    return largest;
  }

  /** Waits until they end; gives their transactions per second, all together. */
  double rate() throws IOException, InterruptedException {
    double sum = 0;
    for (WriterProcess writer : processes) {
      sum += writer.await(Duration.ofMinutes(30));
    }
    return sum;
  }

  /** Writes a marker, and gives the capture's figures once it has emitted it. */
  static CaptureFigures finish(TestDatabase database, CaptureProcess capture, long marker)
      throws SQLException, IOException {
    try (Connection connection = database.open()) {
      Markers.create(connection);
      Markers.write(connection, marker);
    }
    return capture.check(marker);
  }

  static boolean intact(TestDatabase database) throws SQLException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
      return "ok".equals(row.getString(1));
    }
  }

  @Override
  public void close() {
    processes.forEach(WriterProcess::close);
  }
}
