// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench.speed;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** A table of five columns, some 70 bytes a row. */
final class Customers {
  /** Its rows as JSON, as the sqlite3 shell can give them. */
  static final String AS_JSON =
      "SELECT json_object('id', id, 'name', name, 'email', email, 'quantity', quantity,"
          + " 'price', price) FROM customer";

  /** All of its columns. */
  static final String ALL = "SELECT id, name, email, quantity, price FROM customer";

  private Customers() {}

  /** Makes a database in WAL mode with so many of them. */
  static void create(Path database, long rows) throws SQLException {
    try (Connection connection = TestDatabase.open(database)) {
      TestDatabase.execute(
          connection,
          "PRAGMA journal_mode = WAL",
          "PRAGMA synchronous = OFF",
          "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, email TEXT,"
              + " quantity INTEGER, price REAL)");
      insert(connection, 1, rows);
      TestDatabase.execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }

  /** Inserts those of these ids, in one statement. */
  static void insert(Connection connection, long first, long last) throws SQLException {
    TestDatabase.execute(
        connection,
        "WITH RECURSIVE c(x) AS (SELECT "
            + first
            + " UNION ALL SELECT x + 1 FROM c WHERE x < "
            + last
            + ") INSERT INTO customer SELECT x, 'customer number ' || (x * 7919 % 100003),"
            + " 'customer' || (x * 104729 % 1000003) || '@example.org', x * 31 % 10007,"
            + " (x * 37 % 100000) / 8.0 FROM c");
  }
}
