// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A database whose changes the real JDBC sink of Debezium brings into PostgreSQL, and what is done
 * to it.
 */
final class JdbcSink {
  private static final Path PLUGINS = Path.of("target", "jdbc-sink");
  private static final int KEYS = 60;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Random random;
  private final Connection writer;
  private final Postgres postgres;

  /** Columns of the table u that came later. */
  private final List<String> added = new ArrayList<>();

  JdbcSink(long seed, Connection writer, Postgres postgres) throws SQLException {
    this.random = new Random(seed);
    this.writer = writer;
    this.postgres = postgres;
    TestDatabase.execute(
        writer,
        "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c REAL, d BLOB)",
        "CREATE TABLE u(k TEXT NOT NULL, n INTEGER NOT NULL, v TEXT, PRIMARY KEY (k, n))");
    write(30);
  }

  /** Why it can't be done here; null if it can. */
  static @Nullable String missing() {
    return Files.isDirectory(PLUGINS.resolve("debezium-connector-jdbc"))
        ? Postgres.missing()
        : "Debezium's JDBC sink is not in " + PLUGINS + ": mvn process-test-resources gets it";
  }

  static Path plugins() {
    return PLUGINS.toAbsolutePath();
  }

  /** How the sink is set up for topics that begin with the name. */
  Map<String, String> config(String name) {
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector");
    config.put("tasks.max", "1");
    config.put("topics", name + ".t," + name + ".u");
    config.put("connection.url", postgres.url());
    config.put("connection.username", "postgres");
    config.put("connection.password", "postgres");
    config.put("insert.mode", "upsert");
    config.put("delete.enabled", "true");
    config.put("truncate.enabled", "true");
    config.put("primary.key.mode", "record_key");
    config.put("schema.evolution", "basic");
    config.put("collection.name.format", "${source.table}");
    config.put("consumer.override.isolation.level", "read_committed");
    config.put("consumer.override.metadata.max.age.ms", "1000");
    return config;
  }

  /** Runs so many statements. */
  void write(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      int key = random.nextInt(KEYS);
      String text = "'v" + random.nextInt(1000) + "'";
      String statement =
          switch (random.nextInt(6)) {
            case 0 -> "DELETE FROM t WHERE a = " + key;
            case 1 -> "DELETE FROM u WHERE n = " + key;
            case 2 ->
                "INSERT INTO u(k, n, v) VALUES ('k"
                    + key % 3
                    + "', "
                    + key
                    + ", "
                    + text
                    + ") ON CONFLICT DO UPDATE SET v = excluded.v";
            case 3 -> "UPDATE t SET c = " + random.nextInt(100) / 2.0 + " WHERE a % 7 = " + key % 7;
            default ->
                "INSERT INTO t(a, b, c, d) VALUES ("
                    + key
                    + ", "
                    + text
                    + ", "
                    + key
                    + ".25, x'"
                    + (random.nextBoolean() ? "00ff" : "")
                    + "') ON CONFLICT DO UPDATE SET b ="
                    + " excluded.b, c = NULL";
          };
      TestDatabase.execute(writer, statement);
    }
  }

  /** Adds a column to the table u, and fills it in some rows. */
  void addColumn() throws SQLException {
    String name = "x" + added.size();
    String type =
        switch (random.nextInt(3)) {
          case 0 -> "INTEGER";
          case 1 -> "TEXT NOT NULL DEFAULT 'it''s'";
          default -> "INTEGER NOT NULL DEFAULT 7";
        };
    TestDatabase.execute(
        writer,
        "ALTER TABLE u ADD COLUMN " + name + " " + type,
        "UPDATE u SET " + name + " = 4 WHERE n % 3 = 0",
        // The sink learns of a column with a row.
        "INSERT INTO u(k, n) VALUES ('added', " + (1000 + added.size()) + ")");
    added.add(name);
  }

  /** Waits until PostgreSQL has what the database has. */
  void awaitEqual(ConnectProcess connect) throws Exception {
    List<String> expected = rows();
    Await.until(
        PATIENCE,
        () -> copied().equals(expected),
        () -> "PostgreSQL has\n" + copied() + "\nnot\n" + expected + "\n" + connect.log());
  }

  private String columns() {
    return added.isEmpty() ? "" : ", " + String.join(", ", added);
  }

  private List<String> rows() throws SQLException {
    List<String> rows = new ArrayList<>(rows("SELECT a, b, c, hex(d) FROM t ORDER BY a"));
    rows.addAll(rows("SELECT k, n, v" + columns() + " FROM u ORDER BY n, k"));
    return rows;
  }

  private List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = writer.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          Object value = row.getObject(i);
          boolean whole = value instanceof Double number && number == Math.rint(number);
          String text = String.valueOf(value);
          values.add(value == null ? "~" : whole ? text.replace(".0", "") : text);
        }
        rows.add(String.join("|", values));
      }
    }
    return rows;
  }

  private List<String> copied() {
    List<String> rows =
        new ArrayList<>(
            postgres.queryIfThere("SELECT a, b, c, upper(encode(d, 'hex')) FROM t ORDER BY a"));
    rows.addAll(postgres.queryIfThere("SELECT k, n, v" + columns() + " FROM u ORDER BY n, k"));
    return rows;
  }
}
