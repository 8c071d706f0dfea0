// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import dev.waltap.testdata.TestDatabase;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The other half of the trigger way, in a process of its own, until it is killed: {@code DB OUTPUT
 * SYNCHRONOUS}. Reads a batch of the log table, appends it to the output, syncs that as Waltap
 * does, and deletes the batch.
 */
public final class DrainerMain {
  private static final int BATCH = 256;
  private static final long IDLE_MILLIS = 2;

  private DrainerMain() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    try (Connection connection = TestDatabase.open(Path.of(args[0]));
        FileOutputStream output = new FileOutputStream(args[1], true)) {
      TestDatabase.execute(connection, "PRAGMA synchronous = " + args[2]);
      try (PreparedStatement read =
              connection.prepareStatement(
                  "SELECT seq, line FROM " + Shop.LOG + " ORDER BY seq LIMIT " + BATCH);
          PreparedStatement delete =
              connection.prepareStatement("DELETE FROM " + Shop.LOG + " WHERE seq <= ?")) {
        System.err.println("drainer: ready");
        drain(read, delete, output);
      }
    }
  }

  private static void drain(
      PreparedStatement read, PreparedStatement delete, FileOutputStream output)
      throws SQLException, IOException, InterruptedException {
    StringBuilder lines = new StringBuilder();
    while (true) {
      long last = 0;
      lines.setLength(0);
      try (ResultSet rows = read.executeQuery()) {
        while (rows.next()) {
          last = rows.getLong(1);
          lines.append(rows.getString(2)).append('\n');
        }
      }
      if (last == 0) {
        Thread.sleep(IDLE_MILLIS);
      } else {
        output.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        output.getFD().sync();
        delete.setLong(1, last);
        delete.executeUpdate();
      }
    }
  }
}
