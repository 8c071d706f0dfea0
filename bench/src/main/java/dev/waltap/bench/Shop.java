// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** The database of the application that is measured: three tables, one index, 75,000 rows. */
final class Shop {
  static final int CUSTOMERS = 20_000;
  static final int ORDERS = 50_000;
  static final int SESSIONS = 5_000;

  /**
   * A row of it is inserted last: who has delivered that has delivered everything. Of that name,
   * since in net changes the INSERTs come last, and tables by name.
   */
  static final String MARKER = "zz_marker";

  /** The table that triggers write to. */
  static final String LOG = "change_log";

  private static final Map<String, List<String>> TABLES =
      new TreeMap<>(
          Map.of(
              "customers",
              List.of("id", "name", "email", "score", "active", "created", "note"),
              "orders",
              List.of("id", "customer", "product", "quantity", "price", "state", "created", "note"),
              "sessions",
              List.of("id", "customer", "token", "created"),
              MARKER,
              List.of("id", "n")));

  private Shop() {}

  /** Makes and fills the database. */
  static void create(Path database) throws SQLException {
    try (Connection connection = TestDatabase.open(database)) {
      TestDatabase.execute(
          connection,
          "PRAGMA journal_mode = WAL",
          "PRAGMA synchronous = OFF",
          "CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, email TEXT, score REAL,"
              + " active INTEGER, created INTEGER, note TEXT)",
          "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer INTEGER, product TEXT,"
              + " quantity INTEGER, price REAL, state TEXT, created INTEGER, note TEXT)",
          "CREATE INDEX orders_by_customer ON orders(customer)",
          "CREATE TABLE sessions(id INTEGER PRIMARY KEY, customer INTEGER, token TEXT,"
              + " created INTEGER)",
          "CREATE TABLE " + MARKER + "(id INTEGER PRIMARY KEY, n INTEGER)",
          "BEGIN");
      Random random = new Random(7);
      try (Orders orders = new Orders(connection, random)) {
        fillCustomers(connection, random);
        for (int i = 0; i < ORDERS; i++) {
          orders.insertOrder();
        }
        for (int i = 0; i < SESSIONS; i++) {
          orders.insertSession();
        }
      }
      TestDatabase.execute(connection, "COMMIT", "PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }

  private static void fillCustomers(Connection connection, Random random) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO customers VALUES(?, ?, ?, ?, 1, ?, ?)")) {
      for (int i = 1; i <= CUSTOMERS; i++) {
        insert.setInt(1, i);
        insert.setString(2, "Customer Number " + i);
        insert.setString(3, "customer" + i + "@example.org");
        insert.setDouble(4, random.nextInt(1000) / 8.0);
        insert.setLong(5, 1_700_000_000L + i);
        insert.setString(6, "a note about customer " + random.nextInt());
        insert.executeUpdate();
      }
    }
  }

  /** The trigger way: a log table, and triggers on every table that write JSON images into it. */
  static void createTriggers(Path database) throws SQLException {
    try (Connection connection = TestDatabase.open(database)) {
      TestDatabase.execute(
          connection, "CREATE TABLE " + LOG + "(seq INTEGER PRIMARY KEY, line TEXT)");
      for (Map.Entry<String, List<String>> table : TABLES.entrySet()) {
        for (String operation : List.of("INSERT", "UPDATE", "DELETE")) {
          TestDatabase.execute(connection, trigger(table.getKey(), table.getValue(), operation));
        }
      }
      TestDatabase.execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }

  private static String trigger(String table, List<String> columns, String operation) {
    return "CREATE TRIGGER log_"
        + table
        + "_"
        + operation
        + " AFTER "
        + operation
        + " ON "
        + table
        + " BEGIN INSERT INTO "
        + LOG
        + "(line) VALUES(json_object('table', '"
        + table
        + "', 'operation', '"
        + operation
        + "', 'before', "
        + (operation.equals("INSERT") ? "NULL" : image("OLD", columns))
        + ", 'after', "
        + (operation.equals("DELETE") ? "NULL" : image("NEW", columns))
        + ")); END";
  }

  private static String image(String side, List<String> columns) {
    StringBuilder sql = new StringBuilder("json_object(");
    for (String column : columns) {
      sql.append(sql.charAt(sql.length() - 1) == '(' ? "'" : ", '").append(column).append("', ");
      sql.append(side).append('.').append(column);
    }
    return sql.append(')').toString();
  }
}
