// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code note}: properties, texts that the user of the state keeps beside the rest, by
 * name. They are few, and read at once. The hash is that of name and text. For one thread.
 */
final class StateProperties {
  /** A row, which counts only if the hash is that of its text. */
  private record Row(@Nullable String value, long hash) {}

  private final Path path;
  private final Map<String, Row> rows = new HashMap<>();

  /**
   * None yet.
   *
   * @param path of the file that they are in, for messages
   */
  StateProperties(Path path) {
    this.path = path;
  }

  static StateProperties load(StateFile file) throws SQLException {
    StateProperties all = new StateProperties(file.path());
    try (PreparedStatement select = file.prepare("SELECT name, value, hash FROM note");
        ResultSet result = select.executeQuery()) {
      StateRow row = StateRow.of(result);
      while (result.next()) {
        all.add(row);
      }
    }
    return all;
  }

  /** Takes in a row of the table. */
  void add(StateRow row) throws SQLException {
    rows.put(String.valueOf(row.text(0)), new Row(row.text(1), row.number(2)));
  }

  /** The text of this name; null if there is none. */
  @Nullable String read(String name) {
    Row row = rows.get(name);
    if (row == null) {
      return null;
    }
    String value = row.value();
    if (value == null || hash(name, value) != row.hash()) {
      throw StateErrors.corrupt(path, "its note '" + name + "' has a wrong hash", null);
    }
    return value;
  }

  void write(StateFile file, String name, String value) throws SQLException {
    insert(file, name, value);
    rows.put(name, new Row(value, hash(name, value)));
  }

  /** Writes one to a state in the making. */
  static void insert(StateFile file, String name, String value) throws SQLException {
    try (PreparedStatement insert = file.prepare("INSERT OR REPLACE INTO note VALUES(?,?,?)")) {
      insert.setString(1, name);
      insert.setString(2, value);
      insert.setLong(3, hash(name, value));
      insert.execute();
    }
  }

  private static long hash(String name, String value) {
    return Lz4Codec.hash((name + "\n" + value).getBytes(StandardCharsets.UTF_8), 0);
  }
}
