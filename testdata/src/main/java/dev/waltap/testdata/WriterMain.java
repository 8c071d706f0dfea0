// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.testdata.workload.Workload;
import dev.waltap.testdata.workload.WriterOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Locale;

/**
 * Writes to a database from a process of its own, as an application would. Arguments: the database,
 * then options as in {@link WriterOptions}. Prints {@code started} when its tables are there, and a
 * last line {@code transactions=N seconds=S rate=R}.
 */
public final class WriterMain {
  /** SQLite lets whoever asks at the right moment write: beside others one may wait for long. */
  private static final int BUSY_MILLIS = 300_000;

  private WriterMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    if (args.length == 0) {
      System.err.println("usage: WriterMain DB [options]: " + WriterOptions.DEFAULT.arguments());
      System.exit(2);
    }
    List<String> arguments = List.of(args);
    WriterOptions options = WriterOptions.parse(arguments.subList(1, arguments.size()));
    try (Connection connection = TestDatabase.open(Path.of(args[0]));
        Workload workload = new Workload(connection, options)) {
      TestDatabase.execute(connection, "PRAGMA busy_timeout = " + BUSY_MILLIS);
      workload.prepare();
      System.out.println("started");
      double seconds = workload.run() / 1e9;
      System.out.printf(
          Locale.ROOT,
          "transactions=%d seconds=%.3f rate=%.1f%n",
          workload.done(),
          seconds,
          workload.done() / seconds);
    }
  }
}
