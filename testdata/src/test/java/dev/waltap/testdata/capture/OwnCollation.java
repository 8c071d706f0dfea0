// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An application that defines a collation of its own under a built-in name. In Python, since the
 * driver's collations are UTF-16, and SQLite prefers its own UTF-8 ones to them.
 */
final class OwnCollation {
  private static final String WRITE =
      """
      import sqlite3, sys
      connection = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
      def order(key):
          return lambda a, b: (key(a) > key(b)) - (key(a) < key(b))
      orders = {"case": order(lambda s: s),
                "reversed": order(lambda s: s.lower()[::-1]),
                "length": order(lambda s: (len(s), s))}
      connection.create_collation(sys.argv[2], orders[sys.argv[3]])
      connection.execute("PRAGMA wal_autocheckpoint=0")
      for statement in sys.argv[4:]:
          connection.execute(statement)
      assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
      connection.close()
      """;

  private OwnCollation() {}

  /** Whether this machine has Python with SQLite. */
  static boolean isAvailable() throws InterruptedException {
    try {
      return run(List.of("python3", "-c", "import sqlite3")).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Runs statements, from another process.
   *
   * @param name of the collation
   * @param order {@code case}, {@code reversed} or {@code length}
   */
  static void write(Path database, String name, String order, String... statements)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("python3", "-c", WRITE, database.toString(), name, order));
    command.addAll(List.of(statements));
    String output = run(command);
    if (!output.isEmpty()) {
      throw new IOException(output);
    }
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int exit = process.waitFor();
    return exit == 0 ? "" : "exit " + exit + ": " + output;
  }
}
