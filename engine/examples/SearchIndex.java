// SPDX-License-Identifier: Apache-2.0
import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Row;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * A search index that follows a table: the full text of notes(id INTEGER PRIMARY KEY, body TEXT), by
 * FTS5 in a database of its own, so that the application pays nothing for it when it writes.
 *
 * <pre>
 *   java -cp engine/target/waltap.jar engine/examples/SearchIndex.java app.db index.db
 *   sqlite3 index.db "SELECT rowid, snippet(notes, 0, '[', ']', '…', 8) FROM notes('lamp')"
 * </pre>
 *
 * The first run begins with every row that is there, later ones continue. Applying a change twice
 * is the same as once, so that a batch which is delivered again does no harm.
 */
public final class SearchIndex {

  public static void main(String[] arguments) throws SQLException {
    Path database = Path.of(arguments[0]);
    try (Connection index = DriverManager.getConnection("jdbc:sqlite:" + arguments[1]);
        Statement statement = index.createStatement()) {
      statement.execute("CREATE VIRTUAL TABLE IF NOT EXISTS notes USING fts5(body)");
      index.setAutoCommit(false);
      try (ChangeDataCapture capture =
          Waltap.open(database)
              .tables("notes")
              .stateDirectory(Path.of(arguments[1] + "-waltap"))
              .handler(changes -> apply(changes, index))
              .build()) {
        capture.bootstrapAndCdc();
      }
    }
  }

  private static void apply(List<Change> changes, Connection index) throws SQLException {
    try (PreparedStatement delete = index.prepareStatement("DELETE FROM notes WHERE rowid = ?");
        PreparedStatement insert =
            index.prepareStatement("INSERT INTO notes(rowid, body) VALUES(?, ?)");
        Statement all = index.createStatement()) {
      for (Change change : changes) {
        switch (change.operation()) {
          case INSERT, UPDATE, DELETE -> replace(change, delete, insert);
          case BOOTSTRAP -> all.execute("DELETE FROM notes"); // its rows follow
          case SCHEMA -> {
            if (change.schemaAfter() == null) {
              all.execute("DELETE FROM notes"); // dropped
            }
          }
        }
      }
      index.commit();
    }
  }

  private static void replace(Change change, PreparedStatement delete, PreparedStatement insert)
      throws SQLException {
    long id = change.key().getLong("id");
    delete.setLong(1, id);
    delete.executeUpdate();
    Row after = change.after();
    if (after != null && !after.isNull("body")) {
      insert.setLong(1, id);
      insert.setString(2, after.getString("body"));
      insert.executeUpdate();
    }
  }
}
