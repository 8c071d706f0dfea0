// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.attach.Attachment;
import dev.waltap.btree.Tree;
import dev.waltap.decode.SchemaReader;
import dev.waltap.diff.TreeRows;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.schema.Table;
import dev.waltap.snapshot.SnapshotPages;
import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A walk along the tables of a snapshot goes on as if nothing had happened, whatever row it is at
 * when the rest is copied, the read transaction ended and all of the database rewritten.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class SnapshotPagesTest {
  private static final int ROUNDS = Integer.getInteger("snapshot.rounds", 25);
  private static final int ROWS = 700;

  /** A row as it is stored, of which table. */
  private record Stored(String table, long rowid, int hash, int size) {}

  @Test
  void goesOnWhereverTheRestIsCopied() throws Exception {
    Long only = Long.getLong("waltap.seed");
    long first = only == null ? new Random().nextLong() : only;
    for (long seed = first; seed < first + (only == null ? ROUNDS : 1); seed++) {
      Random random = new Random(seed);
      try (TestDatabase database = TestDatabase.create(512 << random.nextInt(4), "UTF-8");
          Connection writer = database.open()) {
        fill(writer, random);
        try (Attachment attachment = Attachment.open(database.path())) {
          List<Stored> expected = rows(attachment, () -> {}, Integer.MAX_VALUE);
          int at = random.nextInt(expected.size());
          List<Stored> rows = rows(attachment, () -> rewrite(writer), at);
          assertThat(rows).as("-Dwaltap.seed=%d, row %d", seed, at).isEqualTo(expected);
        }
      }
    }
  }

  private static void fill(Connection writer, Random random) throws SQLException {
    String size = "abs(random()) % " + (50 + random.nextInt(3000));
    TestDatabase.execute(
        writer,
        "CREATE TABLE a(id INTEGER PRIMARY KEY, v BLOB)",
        "CREATE TABLE b(k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID",
        "CREATE TABLE c(v TEXT)",
        "CREATE TABLE d(v TEXT)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + (1 + random.nextInt(ROWS))
            + ") INSERT INTO a SELECT i, randomblob(CASE WHEN i % 7 = 0 THEN "
            + size
            + " ELSE 30 END) FROM n",
        "INSERT OR IGNORE INTO b SELECT randomblob(" + size + "), id FROM a",
        "INSERT INTO c SELECT hex(v) FROM a WHERE id % 3 = 0");
    if (random.nextBoolean()) {
      TestDatabase.execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)", "DELETE FROM a WHERE id = 9");
    }
  }

  /** So that nothing of the snapshot is left in the file. */
  private static void rewrite(Connection writer) {
    try {
      TestDatabase.execute(
          writer,
          "UPDATE a SET v = zeroblob(length(v))",
          "DELETE FROM b",
          "DROP TABLE c",
          "PRAGMA wal_checkpoint(TRUNCATE)",
          "VACUUM");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** All rows; at one of them the rest is copied, and something done once nobody reads any more. */
  private static List<Stored> rows(Attachment attachment, Runnable afterwards, int copyAt)
      throws Exception {
    List<Stored> rows = new ArrayList<>();
    PageBuffers buffers = new PageBuffers(attachment.pageSize());
    attachment.connection().beginRead();
    try (PageSet copies = new PageSet(buffers, 1);
        SchemaReader schema = new SchemaReader()) {
      Attachment.SnapshotAt at = attachment.snapshot();
      SnapshotPages pages = new SnapshotPages(at.snapshot(), copies, buffers);
      List<Tree> trees = trees(schema.read(pages).tables());
      pages.beginWalk();
      TreeRows walk = new TreeRows(pages.format(), pages);
      for (int i = 0; i < trees.size(); i++) {
        List<Tree> rest = trees.subList(i, trees.size());
        walk.forEach(
            trees.get(i),
            row -> {
              byte[] payload = row.copyPayload();
              rows.add(
                  new Stored(
                      rest.get(0).name(), row.rowid(), Arrays.hashCode(payload), payload.length));
              if (rows.size() - 1 == copyAt) {
                pages.copyRest(rest, at.snapshot(), (done, of) -> {});
                attachment.connection().endRead();
                afterwards.run();
              }
              return true;
            });
      }
      assertThat(pages.isReading()).isEqualTo(copyAt == Integer.MAX_VALUE);
    } finally {
      attachment.connection().endRead();
    }
    return rows;
  }

  private static List<Tree> trees(Iterable<Table> tables) {
    List<Tree> trees = new ArrayList<>();
    for (Table table : tables) {
      trees.add(
          new Tree(trees.size() + 1, table.rootPage(), table.layout().treeKind(), table.name()));
    }
    return trees;
  }
}
