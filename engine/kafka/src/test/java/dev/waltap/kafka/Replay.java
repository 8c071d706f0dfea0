// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Position;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Applies a topic's messages in order, and fails where one does not follow from those before it:
 * what is missing or comes twice does not fit the image before the next change of its row.
 */
final class Replay {
  private static final Pattern CHANGE =
      Pattern.compile(
          "\\{\"table\":\"(\\w+)\",.*?\"operation\":\"(\\w+)\",\"before\":(null|\\{.*?}),"
              + "\"after\":(null|\\{.*?}),\"key\":(null|\\{.*?}),\"position\":\"([0-9:]+)\".*"
              + "\"last\":(true|false)}.*");

  private final Map<String, String> rows = new HashMap<>();
  private @Nullable Position position;
  private boolean whole = true;

  /** Applies all of them. */
  void apply(List<String> values) {
    for (String value : values) {
      Matcher change = CHANGE.matcher(value);
      assertThat(change.matches()).as(value).isTrue();
      inOrder(value, Position.parse(change.group(6)));
      whole = change.group(7).equals("true");
      apply(value, change);
    }
  }

  private void inOrder(String value, Position next) {
    Position before = position;
    assertThat(before == null || before.compareTo(next) < 0)
        .as("comes again, or too late: %s after %s", value, before)
        .isTrue();
    position = next;
  }

  private void apply(String value, Matcher change) {
    String row = change.group(1) + change.group(5);
    String before = change.group(3).equals("null") ? null : change.group(3);
    String after = change.group(4).equals("null") ? null : change.group(4);
    switch (change.group(2)) {
      case "INSERT", "UPDATE", "DELETE" -> {
        assertThat(rows.get(row)).as("before %s", value).isEqualTo(before);
        if (after == null) {
          rows.remove(row);
        } else {
          rows.put(row, after);
        }
      }
      case "BOOTSTRAP" -> rows.keySet().removeIf(each -> each.startsWith(change.group(1) + "{"));
      default -> {}
    }
  }

  /** Whether the last message was the last one of its transaction. */
  boolean isWhole() {
    return whole;
  }

  /** Compares with the rows of tables {@code (a INTEGER PRIMARY KEY, b)}. */
  void mustEqual(Connection database, String... tables) throws SQLException {
    Map<String, String> expected = new HashMap<>();
    for (String table : tables) {
      try (Statement statement = database.createStatement();
          ResultSet row = statement.executeQuery("SELECT a, b FROM " + table)) {
        while (row.next()) {
          expected.put(
              table + "{\"a\":" + row.getLong(1) + "}",
              "{\"a\":" + row.getLong(1) + ",\"b\":\"" + row.getString(2) + "\"}");
        }
      }
    }
    assertThat(rows).isEqualTo(expected);
  }
}
