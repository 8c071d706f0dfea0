// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a database, and does to it what may happen while no capture runs. All of it follows
 * from the random numbers, but for how many transactions there is time for. Used from one thread;
 * has one connection, or none.
 */
final class OutageWriter implements AutoCloseable {
  private static final String[] MODES = {"PASSIVE", "FULL", "RESTART", "TRUNCATE"};

  private final Path database;
  private final Random random;
  private final List<String> log = new ArrayList<>();
  private @Nullable Connection connection;
  private @Nullable Path copy;
  private int names;

  OutageWriter(Path database, Random random) {
    this.database = database;
    this.random = random;
  }

  /** What was done, for reports. */
  List<String> log() {
    return log;
  }

  void note(String what) {
    log.add(what);
  }

  Connection connection() throws SQLException {
    Connection current = connection;
    if (current == null) {
      current = TestDatabase.open(database);
      TestDatabase.execute(
          current,
          "PRAGMA synchronous = OFF",
          "PRAGMA wal_autocheckpoint = " + (random.nextBoolean() ? 1000 : 20));
      connection = current;
    }
    return current;
  }

  /** Makes the first tables, with some rows. */
  void createTables() throws SQLException {
    TestDatabase.execute(
        connection(),
        "CREATE TABLE plain(id INTEGER PRIMARY KEY, name TEXT, n INT DEFAULT 5, x REAL)",
        "CREATE TABLE keyed(k TEXT, j INT, v, PRIMARY KEY(k, j)) WITHOUT ROWID",
        "CREATE TABLE keyless(a, b)",
        "CREATE INDEX keyless_b ON keyless(b)",
        "CREATE TABLE large(id INTEGER PRIMARY KEY, data BLOB)");
    for (int i = 0; i < 30; i++) {
      transaction(false);
    }
  }

  /** Commits one random transaction. */
  void transaction(boolean ddl) throws SQLException {
    run("BEGIN IMMEDIATE");
    if (ddl && random.nextInt(12) == 0) {
      changeSchema();
    }
    int statements = 1 + random.nextInt(random.nextInt(10) == 0 ? 60 : 4);
    for (int i = 0; i < statements; i++) {
      changeRows();
    }
    run(random.nextInt(20) == 0 ? "ROLLBACK" : "COMMIT");
  }

  private void changeRows() throws SQLException {
    int id = random.nextInt(300);
    int n = random.nextInt(1_000_000);
    switch (random.nextInt(13)) {
      case 0, 1, 2 ->
          run("INSERT OR REPLACE INTO plain VALUES(%d, 'name %d', %d, %d.5)", id, n, n % 7, n);
      case 3, 4 -> run("UPDATE plain SET name = 'other %d' WHERE id >= %d LIMIT_4", n, id);
      case 5 -> run("DELETE FROM plain WHERE id BETWEEN %d AND %d", id, id + random.nextInt(9));
      case 6, 7 -> run("INSERT OR REPLACE INTO keyed VALUES('k%d', %d, %d)", id, n % 3, n);
      case 8 -> run("DELETE FROM keyed WHERE k >= 'k%d' AND k < 'k%d'", id, id + 5);
      case 9 -> run("INSERT INTO keyless VALUES(%d, 'text %d')", n, id);
      case 10 -> run("DELETE FROM keyless WHERE b = 'text %d'", id);
      case 11 ->
          run(
              "INSERT OR REPLACE INTO large VALUES(%d, randomblob(%d))",
              id % 20, random.nextInt(60_000));
      default -> run("DELETE FROM large WHERE id = %d", id % 20);
    }
  }

  private void changeSchema() throws SQLException {
    List<String> extra = extraTables();
    int choice = extra.isEmpty() ? 0 : random.nextInt(6);
    String table = extra.isEmpty() ? "" : extra.get(random.nextInt(extra.size()));
    String fresh = "extra" + ++names + "_" + random.nextInt(1000);
    switch (choice) {
      case 0, 1 -> {
        run("CREATE TABLE %s(id INTEGER PRIMARY KEY, a, b TEXT)", fresh);
        run("INSERT INTO %s(a, b) SELECT n, name FROM plain", fresh);
      }
      case 2 -> run("DROP TABLE %s", table);
      case 3 -> run("ALTER TABLE %s RENAME TO %s", table, fresh);
      case 4 -> run("ALTER TABLE %s ADD COLUMN c%d DEFAULT 'd%d'", table, ++names, names);
      default -> run("CREATE INDEX i%s ON %s(a)", fresh, table);
    }
  }

  private List<String> extraTables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = connection().createStatement();
        var rows =
            statement.executeQuery(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'extra%'"
                    + " ORDER BY name")) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  /** What else a running application does now and then. */
  void upkeep() throws SQLException {
    switch (random.nextInt(8)) {
      case 0 -> checkpoint(MODES[random.nextInt(4)]);
      case 1 -> closeAll();
      default -> {}
    }
  }

  /** Something that happens while the capture is down. */
  void outage(boolean ddl) throws SQLException, IOException {
    switch (random.nextInt(11)) {
      case 0, 1 -> write(1 + random.nextInt(40), ddl);
      case 2 -> checkpoint("RESTART");
      case 3 -> checkpoint("TRUNCATE");
      case 4 -> closeAll();
      case 5 -> {
        note("VACUUM");
        run("VACUUM");
      }
      case 6 -> copy(random.nextBoolean());
      case 7 -> restore();
      case 8 -> {
        write(400, ddl);
        checkpoint("PASSIVE");
      }
      default -> note("nothing");
    }
  }

  void write(int transactions, boolean ddl) throws SQLException {
    note("write " + transactions);
    for (int i = 0; i < transactions; i++) {
      transaction(ddl);
    }
  }

  private void checkpoint(String mode) throws SQLException {
    note("checkpoint " + mode);
    // What another connection still reads it can't finish: the application would go on, too.
    run("PRAGMA busy_timeout = 50");
    run("PRAGMA wal_checkpoint(%s)", mode);
    run("PRAGMA busy_timeout = 10000");
  }

  /** Closes the connection: the last one of all deletes the WAL. */
  void closeAll() throws SQLException {
    note("close");
    Connection current = connection;
    connection = null;
    if (current != null) {
      current.close();
    }
  }

  /** Copies the database, with its WAL or without one. */
  private void copy(boolean withWal) throws SQLException, IOException {
    if (withWal) {
      write(3, false);
    } else {
      closeAll();
    }
    note("copy " + (withWal ? "with WAL" : "without WAL"));
    Path to = Files.createDirectories(database.resolveSibling("copy"));
    for (String suffix : new String[] {"", "-wal"}) {
      Path from = Path.of(database + suffix);
      Path target = to.resolve("copy.db" + suffix);
      Files.deleteIfExists(target);
      if (Files.exists(from)) {
        Files.copy(from, target);
      }
    }
    copy = to.resolve("copy.db");
  }

  /** Puts the copy in the place of the database: under the same inode or another. */
  private void restore() throws SQLException, IOException {
    Path from = copy;
    if (from == null) {
      return;
    }
    closeAll();
    boolean inPlace = random.nextBoolean();
    note("restore " + (inPlace ? "in place" : "as another file"));
    Files.deleteIfExists(Path.of(database + "-wal"));
    Files.deleteIfExists(Path.of(database + "-shm"));
    for (String suffix : new String[] {"", "-wal"}) {
      Path source = Path.of(from + suffix);
      Path target = Path.of(database + suffix);
      if (!Files.exists(source)) {
        continue;
      }
      if (inPlace && Files.exists(target)) {
        Files.write(
            target,
            Files.readAllBytes(source),
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
      } else {
        Path near = Path.of(target + ".near");
        Files.copy(source, near, StandardCopyOption.REPLACE_EXISTING);
        Files.move(near, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private void run(String sql, Object... arguments) throws SQLException {
    String text = String.format(java.util.Locale.ROOT, sql, arguments);
    if (text.endsWith(" LIMIT_4")) {
      String condition = text.substring(text.indexOf("WHERE"), text.length() - 8);
      text =
          text.substring(0, text.indexOf("WHERE"))
              + "WHERE id IN (SELECT id FROM plain "
              + condition
              + " ORDER BY id LIMIT 4)";
    }
    TestDatabase.execute(connection(), text);
  }

  @Override
  public void close() throws SQLException {
    closeAll();
  }
}
