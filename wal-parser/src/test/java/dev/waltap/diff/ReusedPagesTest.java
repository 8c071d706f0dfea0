// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageSource;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A walk that has left a page reads it no more: its array may hold another page by then. */
class ReusedPagesTest {

  @TempDir Path directory;
  private VersionedDatabase database;
  private List<Tree> trees;

  @BeforeEach
  void open() throws SQLException {
    database = new VersionedDatabase(directory.resolve("a.db"), 512, 0);
    database.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
    database.execute("CREATE TABLE w(k PRIMARY KEY, v) WITHOUT ROWID");
    database.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
            + " INSERT INTO t SELECT i, randomblob(abs(random()) % iif(i % 9, 40, 3000)) FROM n");
    database.execute("INSERT INTO w SELECT 'key ' || id, v FROM t ORDER BY random()");
    while (database.next() != null) {}
    trees =
        List.of(
            new Tree(0, database.roots().getOrDefault("t", 0), TreeKind.TABLE, "t"),
            new Tree(1, database.roots().getOrDefault("w", 0), TreeKind.INDEX, "w"));
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void rowsAreThoseOfTheirPages() {
    List<String> expected = rows(database.version());
    assertThat(expected).hasSize(6000);
    assertThat(rows(new Reusing(database.version()))).isEqualTo(expected);
  }

  @Test
  void scansVisitTheSamePages() {
    List<String> expected = visits(database.version());
    assertThat(expected).hasSizeGreaterThan(1000);
    assertThat(visits(new Reusing(database.version()))).isEqualTo(expected);
  }

  private List<String> rows(PageSource source) {
    List<String> rows = new ArrayList<>();
    TreeRows walk = new TreeRows(database.format(), source);
    for (Tree tree : trees) {
      walk.forEach(
          tree, row -> rows.add(row.rowid() + " " + HexFormat.of().formatHex(row.copyPayload())));
    }
    return rows;
  }

  private List<String> visits(PageSource source) {
    List<String> pages = new ArrayList<>();
    TreeScanner scanner =
        new TreeScanner(
            source,
            database.format(),
            database.version().size(),
            (tree, page, kind, parent, image) ->
                pages.add(page + " " + kind + " " + parent + " " + Arrays.hashCode(image)));
    trees.forEach(scanner::scan);
    return pages;
  }

  /** Fills all arrays that it gave with nonsense as soon as the walk has left their pages. */
  private static final class Reusing implements PageSource {
    private final PageSource source;
    private final List<byte[]> given = new ArrayList<>();

    Reusing(PageSource source) {
      this.source = source;
    }

    @Override
    public byte[] page(int pageNumber) {
      byte[] image = source.page(pageNumber).clone();
      given.add(image);
      return image;
    }

    @Override
    public void leave() {
      given.forEach(image -> Arrays.fill(image, (byte) 0xff));
      given.clear();
    }
  }
}
