// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The transactions that are hard to follow, one by one; {@link DiffFollower} does the comparing.
 */
@Tag("slow")
class TransactionDiffTest {
  @TempDir Path directory;
  private VersionedDatabase database;
  private DiffFollower follower;

  @BeforeEach
  void open() throws SQLException {
    database = new VersionedDatabase(directory.resolve("a.db"), 512, 0, "PRAGMA secure_delete=0");
    follower =
        new DiffFollower(database, RandomWorkload::isCaptured, RandomWorkload::keyFields, 1 << 20);
    execute("CREATE TABLE r(id INTEGER PRIMARY KEY, b)");
    execute("CREATE TABLE w(id INTEGER PRIMARY KEY, b) WITHOUT ROWID");
  }

  @AfterEach
  void close() throws SQLException {
    follower.checkDbstat();
    follower.close();
    database.close();
  }

  /** Runs one transaction, follows it, and returns how many rows changed. */
  private int execute(String... statements) throws SQLException {
    int before = follower.changes();
    database.connection().setAutoCommit(false);
    for (String sql : statements) {
      database.execute(sql);
    }
    database.connection().commit();
    database.connection().setAutoCommit(true);
    follower.follow();
    return follower.changes() - before;
  }

  private static String insert(String table, int from, int count, int size) {
    return ("INSERT INTO %s WITH n(i) AS (VALUES (%d) UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
            + " SELECT i, zeroblob(%d) FROM n")
        .formatted(table, from, from + count - 1, size);
  }

  @Test
  void overflowPageChangedAlone() throws SQLException {
    for (String table : new String[] {"r", "w"}) {
      execute(insert(table, 1, 60, 3000));
      int changes =
          execute(
              "UPDATE "
                  + table
                  + " SET b = CAST(zeroblob(2999) || x'01' AS BLOB) WHERE id % 3 = 0");
      assertThat(changes).as(table).isEqualTo(20);
    }
  }

  @Test
  void movesOnWithoutAnyoneLookingAtRows() throws SQLException {
    follower.asksForRows(false);
    for (String table : new String[] {"r", "w"}) {
      execute(insert(table, 1, 60, 3000));
      execute("UPDATE " + table + " SET b = zeroblob(6000) WHERE id % 3 = 0");
      execute("DELETE FROM " + table + " WHERE id % 5 = 0");
    }
    follower.asksForRows(true);
    assertThat(execute("UPDATE r SET b = 1")).isEqualTo(48);
    assertThat(execute("UPDATE w SET b = 1")).isEqualTo(48);
  }

  @Test
  void sameIdsAgainChangeNothing() throws SQLException {
    for (String table : new String[] {"r", "w"}) {
      execute(insert(table, 1, 60, 3000));
      assertThat(execute("UPDATE " + table + " SET id = id")).isZero();
      assertThat(execute("UPDATE " + table + " SET b = b")).isZero();
    }
  }

  @Test
  void treeGrowsAndShrinksByLevels() throws SQLException {
    for (String table : new String[] {"r", "w"}) {
      assertThat(execute(insert(table, 1, 9000, 100))).isEqualTo(9000);
      assertThat(execute("DELETE FROM " + table + " WHERE id % 100 > 0")).isEqualTo(8910);
      assertThat(execute("DELETE FROM " + table + " WHERE id > 50")).isEqualTo(90);
      assertThat(execute(insert(table, 1, 5000, 10))).isEqualTo(5000);
      assertThat(execute("DELETE FROM " + table)).isEqualTo(5000);
    }
  }

  @Test
  void vacuumChangesNothing() throws SQLException {
    execute(insert("r", 1, 500, 100), insert("w", 1, 500, 700), "CREATE TABLE r2(id, b)");
    execute("DROP TABLE r");
    int before = follower.changes();
    database.execute("VACUUM");
    follower.follow();
    // In sqlite_schema both tables have other roots and rowids: one row goes, one comes, one
    // differs.
    assertThat(follower.changes() - before).isEqualTo(3);
  }

  @Test
  void pagesPassFromTreeToTree() throws SQLException {
    execute(insert("r", 1, 300, 100));
    execute("DROP TABLE r", "CREATE TABLE r(id INTEGER PRIMARY KEY, c)", insert("r", 1, 300, 100));
    execute("DROP TABLE r", "CREATE TABLE r2(id INTEGER PRIMARY KEY, b)", insert("r2", 1, 300, 99));
    execute("DROP TABLE r2", insert("w", 1, 300, 1000));
    execute("DELETE FROM w", "CREATE TABLE r(id INTEGER PRIMARY KEY, b)", insert("r", 1, 300, 99));
  }

  @Test
  void freedPagesOfAnUnfollowedTree() throws SQLException {
    execute("CREATE TABLE u(id INTEGER PRIMARY KEY, b)", insert("u", 1, 300, 1000));
    execute(insert("r", 1, 300, 100), "DROP TABLE u");
    execute(insert("w", 1, 300, 1000));
    execute("DROP TABLE w", "CREATE TABLE u(id INTEGER PRIMARY KEY, b)", insert("u", 1, 300, 1000));
  }

  @Test
  void goesOnAfterATransactionThatItGaveUp() throws SQLException {
    execute(insert("r", 1, 300, 100), insert("w", 1, 300, 100));
    follower.giveUp("r");
    follower.giveUp("w");
    assertThat(execute("DELETE FROM r WHERE id > 200", insert("w", 301, 50, 1000))).isEqualTo(150);
  }

  @Test
  @Timeout(60)
  void dropsALongChainInGoodTime() throws SQLException {
    execute(insert("r", 1, 1, 60_000_000));
    execute("DROP TABLE r");
  }
}
