// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import dev.waltap.testdata.model.Value;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * A statement with what is bound to it, so that it can run again on another database.
 *
 * @param text the statement, with a question mark for each value
 * @param arguments the values
 */
record Sql(String text, List<Value> arguments) {
  private static final int SHOWN = 600;

  /** No statement: the writer closes its connection and opens another. */
  static final Sql REOPEN = of("-- the writer's connection is closed, and another opened");

  static Sql of(String text) {
    return new Sql(text, List.of());
  }

  void run(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      for (int i = 0; i < arguments.size(); i++) {
        bind(statement, i + 1, arguments.get(i));
      }
      statement.execute();
    }
  }

  private static void bind(PreparedStatement statement, int index, Value value)
      throws SQLException {
    switch (value.kind()) {
      case NULL -> statement.setObject(index, null);
      case INTEGER -> statement.setLong(index, value.asLong());
      case REAL -> statement.setDouble(index, value.asDouble());
      case TEXT, BLOB -> statement.setBytes(index, value.bytes());
    }
  }

  /** The statement with its values, for people: long ones are cut. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    int next = 0;
    for (int i = 0; i < text.length(); i++) {
      // No name and no literal of the fuzzer's has a question mark in it.
      if (text.charAt(i) == '?' && next < arguments.size()) {
        line.append(arguments.get(next++));
      } else {
        line.append(text.charAt(i));
      }
    }
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line.toString();
  }
}
