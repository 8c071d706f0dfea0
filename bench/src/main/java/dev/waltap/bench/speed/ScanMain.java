// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Reads all columns of all customers several times and prints what the last time took: {@code
 * waltap|jdbc DB ROWS PASSES}.
 */
public final class ScanMain {
  private ScanMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    Path database = Path.of(args[1]);
    long rows = Long.parseLong(args[2]);
    int passes = Integer.parseInt(args[3]);
    Sample last = null;
    for (int pass = 0; pass < passes; pass++) {
      Stopwatch watch = new Stopwatch();
      long read = args[0].equals("waltap") ? waltap(database) : jdbc(database);
      last = watch.elapsed();
      if (read != rows) {
        throw new IllegalStateException(read + " rows instead of " + rows);
      }
    }
    System.out.println(last == null ? "no pass" : last.line());
  }

  private static long waltap(Path database) {
    ReadingHandler handler = new ReadingHandler();
    try (var capture =
        Waltap.open(database)
            .noState()
            .schemaEvents(false)
            .listener(new CaptureListener() {})
            .handler(handler)
            .build()) {
      capture.bootstrap();
    }
    return handler.rows();
  }

  private static long jdbc(Path database) throws SQLException {
    long rows = 0;
    long sum = 0;
    try (Connection connection = TestDatabase.open(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(Customers.ALL)) {
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        rows++;
        for (int i = 1; i <= columns; i++) {
          sum += row.getObject(i).hashCode();
        }
      }
    }
    return sum == Long.MIN_VALUE ? -1 : rows;
  }
}
