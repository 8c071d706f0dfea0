// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code note}: properties, texts that the user of the state keeps beside the rest, by
 * name. The hash is that of name and text.
 */
final class StateProperties {
  private StateProperties() {}

  static @Nullable String read(StateFile file, String name) throws SQLException {
    try (PreparedStatement select =
        file.prepare("SELECT value, hash FROM note WHERE name = '" + name + "'")) {
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        String value = row.getString(1);
        if (value == null || hash(name, value) != row.getLong(2)) {
          throw StateErrors.corrupt(file.path(), "its note '" + name + "' has a wrong hash", null);
        }
        return value;
      }
    }
  }

  static void write(StateFile file, String name, String value) throws SQLException {
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
