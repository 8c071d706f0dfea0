// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.Directories;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What it costs to open a database that was parked, to deliver one change, and to park it again:
 * processor time and time of each such cycle, that of the writer left out. The application either
 * keeps its connection, so that the log leads on, or closes it, so that what changed is found by
 * comparing.
 */
public final class OpenFigures {
  private static final int WARM = 200;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final FleetOptions options;
  private final Path directory;
  private final AtomicLong changes = new AtomicLong();

  /** Figures with these options. */
  public OpenFigures(FleetOptions options) throws IOException {
    this.options = options;
    this.directory = Files.createTempDirectory("waltap-opens");
  }

  /** Takes and prints them. */
  public boolean run() throws Exception {
    try {
      List<Path> databases = FleetFigures.make(directory, 8, options.whole("--size"));
      List<Connection> kept = new ArrayList<>();
      for (Path database : databases) {
        kept.add(TestDatabase.open(database));
      }
      print("kept open by the application", databases, kept);
      for (Connection connection : kept) {
        connection.close();
      }
      print("closed by the application", databases, List.of());
      return true;
    } finally {
      Directories.delete(directory);
    }
  }

  private void print(String what, List<Path> databases, List<Connection> kept) throws Exception {
    cycles(databases, kept, WARM);
    int count = options.whole("--count");
    double[] spent = cycles(databases, kept, count);
    Soak.print(
        "%s: %d cycles, each %.2f ms of a processor, %.2f ms until the change was handled, %.2f ms"
            + " to close",
        what, count, spent[0] / count, spent[1] / count, spent[2] / count);
  }

  /** Milliseconds of a processor, until the changes were handled, and to close. */
  private double[] cycles(List<Path> databases, List<Connection> kept, int count) throws Exception {
    double[] spent = new double[3];
    long writing = 0;
    long cpu = processNanos();
    for (int i = 0; i < count; i++) {
      int at = i % databases.size();
      long before = threadNanos();
      write(databases.get(at), kept.isEmpty() ? null : kept.get(at));
      writing += threadNanos() - before;
      long begin = System.nanoTime();
      CountDownLatch handled = new CountDownLatch(1);
      try (ChangeDataCapture capture = open(databases.get(at), handled)) {
        CaptureHandle handle = capture.start(CaptureMode.CDC);
        boolean first = i < databases.size(); // There is no state yet, perhaps.
        if (!(first ? handle.awaitReady(LIMIT) : handled.await(30, TimeUnit.SECONDS))) {
          throw new IOException("the change does not come");
        }
        long done = System.nanoTime();
        spent[1] += (done - begin) / 1e6;
        begin = done;
      }
      spent[2] += (System.nanoTime() - begin) / 1e6;
    }
    spent[0] = (processNanos() - cpu - writing) / 1e6;
    return spent;
  }

  private ChangeDataCapture open(Path database, CountDownLatch handled) {
    return Waltap.open(database)
        .stateDirectory(directory.resolve(database.getFileName() + "-state"))
        .handler(
            batch -> {
              changes.addAndGet(batch.size());
              handled.countDown();
            })
        .listener(new CaptureListener() {})
        .pageSetMemory(4 << 20)
        .queueBytes(1 << 20)
        .build();
  }

  private static void write(Path database, @Nullable Connection kept) throws Exception {
    String sql = "INSERT INTO times(at) VALUES (" + System.nanoTime() + ")";
    if (kept != null) {
      TestDatabase.execute(kept, sql);
      return;
    }
    try (Connection connection = TestDatabase.open(database)) {
      TestDatabase.execute(connection, sql);
    }
  }

  private static long threadNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long processNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
