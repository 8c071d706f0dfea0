// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sqlite;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.io.FileNames;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/**
 * Opens SQLite connections, all of Waltap's. No other class may.
 *
 * <p><b>The rule.</b> A file is opened by its absolute path as an escaped {@code file:} URI, and is
 * never created. Given as a plain name, the driver takes what follows a {@code ?} for parameters,
 * and {@code :memory:}, {@code :resource:} and {@code file:} for something else: it would open, or
 * make, a database that nobody named. Escaped, no character of a name means anything to it.
 *
 * <p>The driver is called directly. {@code DriverManager} would ask any driver of the process that
 * takes {@code jdbc:sqlite:}, and another driver brings another copy of SQLite ({@link
 * NativeLibrary} says why that must not be).
 *
 * <p>Any thread may open; a connection is for one thread at a time, the last of which closes it.
 */
public final class SqliteConnections {
  private static final String PREFIX = "jdbc:sqlite:";

  /** SQLite's own limit (512), less what it puts behind the name: {@code -journal}. */
  private static final int MAX_PATH = 504;

  /** How long a statement waits for another connection's lock by default. */
  private static final int BUSY_MILLIS = 5000;

  private SqliteConnections() {}

  /**
   * Opens an existing file to read and write it.
   *
   * @throws CaptureException if SQLite can't be loaded, or can't open a path of that length
   */
  public static Connection open(Path file) throws SQLException {
    return open(file, config());
  }

  /**
   * Opens an existing file to read it only.
   *
   * @throws CaptureException as {@link #open(Path)}
   */
  public static Connection openReadOnly(Path file) throws SQLException {
    SQLiteConfig config = config();
    config.setReadOnly(true);
    return open(file, config);
  }

  /**
   * Opens an existing file that nobody writes to, and that has no log: no lock is taken, and no
   * file made beside it.
   *
   * @throws CaptureException as {@link #open(Path)}
   */
  public static Connection openImmutable(Path file) throws SQLException {
    SQLiteConfig config = config();
    config.setReadOnly(true);
    return open(file, config, "?immutable=1");
  }

  /**
   * Opens a database in memory, private to the connection.
   *
   * @throws CaptureException if SQLite can't be loaded
   */
  public static Connection openInMemory() throws SQLException {
    NativeLibrary.load();
    return new SQLiteConfig().createConnection(PREFIX + ":memory:");
  }

  private static SQLiteConfig config() {
    Properties properties = new Properties();
    // Else the driver runs a SELECT for them after each INSERT. By its name, since the driver may
    // be the application's own, and older ones have neither this property nor a method for it.
    properties.setProperty("jdbc.get_generated_keys", "false");
    return new SQLiteConfig(properties);
  }

  private static Connection open(Path file, SQLiteConfig config) throws SQLException {
    return open(file, config, "");
  }

  private static Connection open(Path file, SQLiteConfig config, String parameters)
      throws SQLException {
    NativeLibrary.load();
    URI uri = file.toUri();
    int bytes = lengthOf(uri.getRawPath());
    if (bytes > MAX_PATH) {
      throw new CaptureException(
          Reason.REFUSED,
          FileNames.text(file)
              + ": its absolute path has "
              + bytes
              + " bytes, and SQLite opens none of more than "
              + MAX_PATH
              + ": move it to a directory with a shorter path");
    }
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    config.setBusyTimeout(BUSY_MILLIS);
    return config.createConnection(PREFIX + uri + parameters);
  }

  /** The bytes of a path of which each but the plain ones is written as %XX. */
  private static int lengthOf(String escaped) {
    int bytes = escaped.length();
    for (int at = escaped.indexOf('%'); at >= 0; at = escaped.indexOf('%', at + 1)) {
      bytes -= 2;
    }
    return bytes;
  }
}
