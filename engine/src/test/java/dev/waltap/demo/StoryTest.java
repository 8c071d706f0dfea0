// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.sqlite.SqliteConnections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoryTest {

  private static final String STATE =
      "SELECT (SELECT group_concat(sql) FROM sqlite_schema),"
          + " (SELECT group_concat(id || price || stock) FROM products),"
          + " (SELECT group_concat(id || quantity) FROM orders), (SELECT count(*) FROM customers),"
          + " (SELECT count(*) FROM visits)";

  private static String state(Statement statement) throws Exception {
    List<String> values = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(STATE)) {
      for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
        values.add(String.valueOf(row.getString(i)));
      }
    }
    return values.toString();
  }

  @Test
  void everyTransactionChangesSomethingUnlessItIsRolledBack() throws Exception {
    Story story = new Story(true);
    int rollbacks = 0;
    try (Connection connection = SqliteConnections.openInMemory();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA foreign_keys = ON");
      for (String sql : Story.SHOP) {
        statement.execute(sql);
      }
      for (int i = 0; i < 1000; i++) {
        ShopTransaction transaction = story.next();
        String before = state(statement);
        for (String sql : transaction.statements()) {
          statement.execute(sql);
        }
        boolean same = state(statement).equals(before);
        assertThat(same).as(transaction.toString()).isEqualTo(transaction.isRolledBack());
        rollbacks += same ? 1 : 0;
      }
    }
    assertThat(rollbacks).isEqualTo(1);
  }

  @Test
  void aStoryEndsWhenEachKindWasSeen() {
    List<ShopTransaction> all = new ArrayList<>();
    new Story(false).forEachRemaining(all::add);
    assertThat(all.toString())
        .contains("INSERT", "UPDATE", "DELETE", "ROLLBACK", "ALTER TABLE", "REPLACE", "WITH");
  }
}
