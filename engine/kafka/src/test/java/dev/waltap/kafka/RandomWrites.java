// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;

/** Somebody who writes to two tables that {@link Replay} can compare. For one thread. */
final class RandomWrites {
  static final String[] TABLES = {"t", "u"};
  private static final int KEYS = 40;

  private final Random random;
  private final Connection connection;

  /** Makes the tables. */
  RandomWrites(Random random, Connection connection) throws SQLException {
    this.random = random;
    this.connection = connection;
    for (String table : TABLES) {
      TestDatabase.execute(connection, "CREATE TABLE " + table + "(a INTEGER PRIMARY KEY, b)");
    }
  }

  /** Writes so many transactions; returns how many. */
  int write(int count) throws SQLException, InterruptedException {
    for (int i = 0; i < count; i++) {
      TestDatabase.execute(connection, "BEGIN");
      for (int changes = 1 + random.nextInt(20); changes > 0; changes--) {
        TestDatabase.execute(connection, statement());
      }
      TestDatabase.execute(connection, "COMMIT");
      if (random.nextInt(8) == 0) {
        Thread.sleep(random.nextInt(40));
      }
    }
    return count;
  }

  private String statement() {
    String table = TABLES[random.nextInt(TABLES.length)];
    int key = random.nextInt(KEYS);
    return random.nextInt(4) == 0
        ? "DELETE FROM " + table + " WHERE a = " + key
        : "INSERT INTO "
            + table
            + " VALUES ("
            + key
            + ", 'v"
            + random.nextInt(1000)
            + "') ON CONFLICT DO UPDATE SET b = excluded.b";
  }

  /** Compares what was replayed with the tables. */
  void mustEqual(Replay replay) throws SQLException {
    replay.mustEqual(connection, TABLES);
  }
}
