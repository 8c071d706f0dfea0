// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Incremental blob writes, for which the driver has no call: those of Python, from 3.11 on. */
final class BlobWriter {
  private static final String WRITE =
      """
      import sqlite3, sys
      connection = sqlite3.connect(sys.argv[1], timeout=10)
      rows = {}
      for argument in sys.argv[2:]:
          row, offset, value = (int(number) for number in argument.split(":"))
          if row not in rows:
              rows[row] = connection.blobopen("t", "v", row)
          rows[row][offset] = value
      for blob in rows.values():
          blob.close()
      connection.commit()
      connection.close()
      """;

  private BlobWriter() {}

  /** Whether this machine has a Python that can. */
  static boolean isAvailable() throws InterruptedException {
    try {
      return run(List.of("python3", "-c", "import sqlite3; sqlite3.Connection.blobopen")).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Writes single bytes of column {@code v} of table {@code t}, from another process.
   *
   * @param bytes {@code rowid:offset:value} of each
   */
  static void write(Path database, String... bytes) throws IOException, InterruptedException {
    List<String> command =
        new java.util.ArrayList<>(List.of("python3", "-c", WRITE, database.toString()));
    command.addAll(List.of(bytes));
    String output = run(command);
    if (!output.isEmpty()) {
      throw new IOException(output);
    }
  }

  /** Runs a command; returns what it said if it failed. */
  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    int exit = process.waitFor();
    return exit == 0 ? "" : "exit " + exit + ": " + output;
  }
}
