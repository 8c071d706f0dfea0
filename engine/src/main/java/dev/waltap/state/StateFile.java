// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.io.Closer;
import dev.waltap.io.FileNames;
import dev.waltap.sqlite.SqliteConnections;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A connection to {@code state.db}, whose form and version it has checked. For one thread; the
 * owner closes it.
 *
 * <pre>
 *  head     one row: positions, counters, and a hash over them, see {@link StateHeader}
 *  origin   one row: whose state this is, and a hash over that, see {@link StateOrigin}
 *  page     the page set as of the base, see {@link PageTable}
 *  journal  the transactions after it, see {@link JournalWriter}
 *  note     what the capture keeps beside, see {@link StateProperties}
 *  summary  what the page table holds, see {@link SummaryTable}; may be missing
 * </pre>
 *
 * <p>SQLite's WAL mode with {@code synchronous=FULL}: a commit is one sync, but for those of which
 * {@link StateCommits} knows better, and status can be read beside a capture that runs.
 */
final class StateFile implements AutoCloseable {
  /** "WTAP" in SQLite's header, so that file(1) and we know the file. */
  static final int APPLICATION_ID = 0x57544150;

  /**
   * The form of the tables: grows with every change of them, since a table that is missing looks
   * like a damaged file otherwise. 2 has notes, without which nobody knows what was emitted; 3
   * hashes its pages under a seed of its own, see {@link PageTable}, and is otherwise the same.
   */
  static final int VERSION = 3;

  /** The last one whose pages are hashed under seed 0: read and gone on with as it is. */
  private static final int UNSEEDED = 2;

  /**
   * Bytes. Small, since each commit writes whole pages, few of which it fills, and since a page
   * that does not compress takes three of these instead of one of twice its size.
   */
  private static final int PAGE_SIZE = 2048;

  private static final String SCHEMA =
      """
      CREATE TABLE head(one INTEGER PRIMARY KEY CHECK(one = 1), commits INTEGER, base TEXT,
        last TEXT, acknowledged TEXT, epoch TEXT, folded INTEGER, journalled INTEGER,
        pages INTEGER, digest INTEGER, hash INTEGER);
      CREATE TABLE origin(one INTEGER PRIMARY KEY CHECK(one = 1), nonce INTEGER, created TEXT,
        path TEXT, file_key TEXT, page_size INTEGER, encoding TEXT, application INTEGER,
        hash INTEGER);
      CREATE TABLE page(number INTEGER PRIMARY KEY, hash INTEGER, data BLOB);
      CREATE TABLE journal(id INTEGER PRIMARY KEY, entries INTEGER, epoch INTEGER, frame INTEGER,
        size INTEGER, hash INTEGER, data BLOB);
      CREATE TABLE note(name TEXT PRIMARY KEY, value TEXT, hash INTEGER) WITHOUT ROWID;
      """;

  private final Path path;
  private final Connection connection;
  private boolean seeded = true;
  private boolean reading;

  private StateFile(Path path, Connection connection) {
    this.path = path;
    this.connection = connection;
  }

  /**
   * Opens a state to work with, in a read transaction that {@link #endReading} ends: so what an
   * opening reads takes SQLite's locks once, and not for each statement.
   */
  static StateFile openReading(Path path) {
    return connect(path, SqliteConnections::open, StateFile::prepareToWork);
  }

  /** Nothing is written before it is known that it is a state. */
  private void prepareToWork() throws SQLException {
    run(
        "PRAGMA synchronous=FULL; PRAGMA journal_size_limit="
            + (64 << 20)
            + "; PRAGMA cache_size=-16384; BEGIN");
    reading = true;
    check();
    if (!text("PRAGMA journal_mode").equals("wal")) {
      run("COMMIT; PRAGMA journal_mode=WAL; BEGIN"); // A baseline that was just made.
    }
  }

  /** Opens a state to look at, beside whoever works with it. */
  static StateFile openReadOnly(Path path) {
    return connect(path, SqliteConnections::openReadOnly, StateFile::check);
  }

  /** Opens a state that nobody works with, and that has no log, so that nothing is made for it. */
  static StateFile openUnused(Path path) {
    return connect(path, SqliteConnections::openImmutable, StateFile::check);
  }

  /**
   * Gives an empty file its tables; the rows of {@code page} are for whoever gets the builder, the
   * others for {@link #openNew} when that is closed.
   */
  static PageTableBuilder create(Path path) throws IOException {
    int root;
    int pages;
    // Closed before anybody else opens the file, lest that drop SQLite's locks.
    try (StateFile file = connect(path, SqliteConnections::open, StateFile::makeTables)) {
      root = file.rootPage();
      pages = (int) file.number("PRAGMA page_count");
    } catch (SQLException e) {
      throw StateErrors.sql(path, e);
    }
    return new PageTableBuilder(path, PAGE_SIZE, pages, root);
  }

  private void makeTables() throws SQLException {
    run("PRAGMA page_size=" + PAGE_SIZE);
    unsafe();
    run("PRAGMA application_id=" + APPLICATION_ID);
    run("PRAGMA user_version=" + VERSION);
    for (String table : SCHEMA.split(";\n")) {
      run(table);
    }
  }

  /** Opens a state in the making, whose pages are there. */
  static StateFile openNew(Path path) {
    return connect(path, SqliteConnections::open, StateFile::unsafe);
  }

  /** Fast: a file in the making counts only once it is synced whole. */
  private void unsafe() throws SQLException {
    run("PRAGMA journal_mode=OFF");
    run("PRAGMA synchronous=OFF");
  }

  /** What a new connection is needed for first; if that fails, the connection is closed. */
  private interface Preparation {
    void prepare(StateFile file) throws SQLException;
  }

  /** How the file is opened. */
  private interface Opening {
    Connection open(Path path) throws SQLException;
  }

  private static StateFile connect(Path path, Opening opening, Preparation preparation) {
    Closer closer = new Closer();
    try {
      StateFile file = closer.open(() -> connect(path, opening));
      preparation.prepare(file);
      return file;
    } catch (SQLException e) {
      throw closer.closeAfter(e, failure -> StateErrors.sql(path, failure));
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private static StateFile connect(Path path, Opening opening) throws SQLException {
    Closer closer = new Closer();
    try {
      return new StateFile(path, closer.open(() -> opening.open(path)));
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private void check() throws SQLException {
    long application = number("PRAGMA application_id");
    long version = number("PRAGMA user_version");
    if (application != APPLICATION_ID) {
      if (application == 0 && number("SELECT count(*) FROM sqlite_schema") == 0) {
        throw StateErrors.corrupt(path, "it is empty", null);
      }
      throw StateErrors.refused(
          FileNames.text(path)
              + " is an SQLite database, but not a state of Waltap: name another state directory");
    }
    seeded = version > UNSEEDED;
    if (version != VERSION && version != UNSEEDED) {
      throw StateErrors.refused(
          FileNames.text(path)
              + (version > VERSION ? " was made by a newer Waltap" : " was made by an older Waltap")
              + " (its version is "
              + version
              + ", this one reads "
              + VERSION
              + "): use that one, or run teardown and setup, and bootstrap again");
    }
  }

  Path path() {
    return path;
  }

  /** Whether pages are hashed under a seed that is kept here. */
  boolean isSeeded() {
    return seeded;
  }

  PreparedStatement prepare(String sql) throws SQLException {
    return connection.prepareStatement(sql);
  }

  /** Runs statements that give nothing back, or whose results are of no interest. */
  void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql); // Takes several, and the driver does less for them.
    }
  }

  /** Ends the read transaction that the opening left, if nothing has done so yet. */
  void endReading() throws SQLException {
    if (reading) {
      reading = false;
      run("COMMIT");
    }
  }

  /** The page at which the table {@code page} begins. */
  int rootPage() throws SQLException {
    return (int) number("SELECT rootpage FROM sqlite_schema WHERE name = 'page'");
  }

  boolean hasTable(String name) throws SQLException {
    return number("SELECT count(*) FROM sqlite_schema WHERE name = '" + name + "'") > 0;
  }

  long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private String text(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw StateErrors.sql(path, e);
    }
  }
}
