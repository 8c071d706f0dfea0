// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.workload.Workload;
import dev.waltap.testdata.workload.WriterOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;

/** The same statements with and without a capture leave the same database. */
final class TwinSoak implements Soak {
  private static final int PAGE_SIZE = 4096;

  private final SoakOptions options;

  TwinSoak(SoakOptions options) {
    this.options = options;
  }

  @Override
  public boolean run() throws Exception {
    WriterOptions same =
        WriterOptions.DEFAULT
            .with("--transactions", "3000")
            .with("--rows", "10")
            .with("--cache-size", "20");
    try (TestDatabase one = TestDatabase.create();
        TestDatabase other = TestDatabase.create()) {
      CaptureFigures figures;
      try (CaptureProcess capture = CaptureProcess.start(one.path(), options.guard())) {
        write(one, same);
        figures = Writers.finish(one, capture, 1);
      }
      write(other, same);
      mark(other);
      boolean rows = rowsEqual(one, other);
      // Not before the connections are closed: closing a file drops their locks.
      long different = differentPages(one, other);
      boolean intact = Writers.intact(one) && Writers.intact(other);
      Soak.print(
          "twin: rows %s, %d pages differ, integrity_check %s; replica %s",
          rows ? "equal" : "DIFFERENT", different, intact ? "ok" : "BAD", figures);
      return rows && intact && different == 0 && figures.isEqual();
    }
  }

  private static void write(TestDatabase database, WriterOptions writer) throws SQLException {
    try (Connection connection = database.open();
        Workload workload = new Workload(connection, writer).prepare()) {
      workload.run();
    }
  }

  /** What {@link Writers#finish} writes to the one. */
  private static void mark(TestDatabase database) throws SQLException {
    try (Connection connection = database.open()) {
      dev.waltap.testdata.oracle.Markers.create(connection);
      dev.waltap.testdata.oracle.Markers.write(connection, 1);
    }
  }

  private static boolean rowsEqual(TestDatabase one, TestDatabase other) throws SQLException {
    try (Connection first = one.open();
        Connection second = other.open()) {
      boolean equal =
          new SnapshotReader(first, table -> true)
              .read()
              .equals(new SnapshotReader(second, table -> true).read());
      TestDatabase.execute(first, "PRAGMA wal_checkpoint(TRUNCATE)");
      TestDatabase.execute(second, "PRAGMA wal_checkpoint(TRUNCATE)");
      return equal;
    }
  }

  private static long differentPages(TestDatabase one, TestDatabase other) throws IOException {
    try (RandomAccessFile a = new RandomAccessFile(one.path().toFile(), "r");
        RandomAccessFile b = new RandomAccessFile(other.path().toFile(), "r")) {
      long different = Math.abs(a.length() - b.length()) / PAGE_SIZE;
      byte[] left = new byte[PAGE_SIZE];
      byte[] right = new byte[PAGE_SIZE];
      for (long at = 0; at + PAGE_SIZE <= Math.min(a.length(), b.length()); at += PAGE_SIZE) {
        a.readFully(left);
        b.readFully(right);
        different += Arrays.equals(left, right) ? 0 : 1;
      }
      return different;
    }
  }
}
