// SPDX-License-Identifier: Apache-2.0
import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * An audit table, in a database of its own: each change with its row before and after it, exactly
 * once, though a batch may be delivered again: position and stream name a change.
 *
 * <pre>
 *   java -cp engine/target/waltap.jar engine/examples/AuditTable.java app.db audit.db
 *   sqlite3 audit.db "SELECT at, operation, before, after FROM audit WHERE name = 'users'"
 * </pre>
 */
public final class AuditTable {

  public static void main(String[] arguments) throws SQLException {
    Path database = Path.of(arguments[0]);
    try (Connection audit = DriverManager.getConnection("jdbc:sqlite:" + arguments[1]);
        Statement statement = audit.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS audit(stream, position, at, name, operation, key, before,"
              + " after, PRIMARY KEY(stream, position)) WITHOUT ROWID");
      audit.setAutoCommit(false);
      try (ChangeDataCapture capture =
          Waltap.open(database)
              .stateDirectory(Path.of(database + "-waltap")) // nothing is missed while this is down
              .handler(changes -> write(changes, audit))
              .build()) {
        capture.cdc();
      }
    }
  }

  /** Returns when all of it is committed; an exception means that all of it comes again. */
  private static void write(List<Change> changes, Connection audit) throws SQLException {
    try (PreparedStatement insert =
        audit.prepareStatement("INSERT OR IGNORE INTO audit VALUES(?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Change change : changes) {
        insert.setString(1, change.source().stream());
        insert.setString(2, change.position().toString());
        insert.setString(3, change.timestamp().toString());
        insert.setString(4, change.table());
        insert.setString(5, change.operation().name());
        insert.setString(6, text(change.key()));
        insert.setString(7, text(change.before()));
        insert.setString(8, text(change.after()));
        insert.addBatch();
      }
      insert.executeBatch();
      audit.commit();
    }
  }

  private static String text(Object row) {
    return row == null ? null : row.toString();
  }
}
