// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.btree.PlainLeaves;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageSource;
import dev.waltap.page.UnknownPageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes a database holds: a scan ends, and says what is wrong in terms of its pages. */
class TreeScannerCorruptionTest {
  private static final long SEED = Long.getLong("waltap.seed", 7);
  private static final int ROUNDS = Integer.getInteger("corruption.rounds", 3000);

  @TempDir Path directory;
  private byte[][] pages = new byte[0][];
  private Map<String, Integer> roots = Map.of();
  private PageFormat format = new PageFormat(512, 512);

  @BeforeEach
  void create() throws Exception {
    try (VersionedDatabase database =
        new VersionedDatabase(directory.resolve("a.db"), 512, 0, "PRAGMA secure_delete=0")) {
      database.execute("CREATE TABLE r(id INTEGER PRIMARY KEY, b)");
      database.execute("CREATE TABLE w(id INTEGER PRIMARY KEY, b) WITHOUT ROWID");
      for (String table : List.of("r", "w")) {
        database.execute(
            ("INSERT INTO %s WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                    + " SELECT i, zeroblob(CASE WHEN i %% 20 = 0 THEN 3000 ELSE i %% 80 END) FROM n")
                .formatted(table));
      }
      while (database.next() != null) {}
      roots = database.roots();
      format = database.format();
      pages = new byte[database.version().size()][];
      for (int i = 0; i < pages.length; i++) {
        pages[i] = database.version().page(i + 1);
      }
    }
  }

  private void scan(byte[][] image) {
    int[] visited = new int[1];
    TreeScanner scanner =
        new TreeScanner(
            pageNumber -> image[pageNumber - 1],
            format,
            image.length,
            (tree, pageNumber, kind, parent, page) ->
                assertThat(++visited[0]).isLessThanOrEqualTo(image.length));
    roots.forEach(
        (name, root) ->
            scanner.scan(
                new Tree(0, root, name.startsWith("w") ? TreeKind.INDEX : TreeKind.TABLE, name)));
  }

  /** Leaves that were looked at before are not read again, and all else is as without. */
  private void compareWithLeavesLookedAt(byte[][] image) {
    PlainLeaves leaves = new PlainLeaves();
    for (int i = 0; i < image.length; i++) {
      leaves.look(i + 1, image[i], format);
    }
    Set<Integer> read = new HashSet<>();
    Set<Integer> readAgain = new HashSet<>();
    String visits = visits(image, read, new PlainLeaves());
    assertThat(visits(image, readAgain, leaves)).isEqualTo(visits);
    assertThat(read).containsAll(readAgain);
    if (image == pages) {
      assertThat(visits).endsWith("whole");
      assertThat(readAgain).hasSizeLessThan(read.size() - 5);
    }
  }

  /** What a scan says of each page, and how it ends. */
  private String visits(byte[][] image, Set<Integer> read, PlainLeaves leaves) {
    StringBuilder visits = new StringBuilder();
    PageSource source =
        pageNumber -> {
          if (pageNumber < 1 || pageNumber > image.length) {
            throw new UnknownPageException(pageNumber);
          }
          read.add(pageNumber);
          return image[pageNumber - 1];
        };
    TreeScanner scanner =
        new TreeScanner(
            source,
            format,
            (tree, page, kind, parent, bytes) ->
                visits.append(tree.name() + " " + page + " " + kind + " " + parent + "\n"),
            leaves);
    try {
      roots.forEach(
          (name, root) ->
              scanner.scan(
                  new Tree(0, root, name.startsWith("w") ? TreeKind.INDEX : TreeKind.TABLE, name)));
      return visits + "whole";
    } catch (CorruptDatabaseException | UnknownPageException e) {
      return visits + String.valueOf(e.getMessage());
    }
  }

  @Test
  void leavesThatWereLookedAtAreNotReadAgain() {
    compareWithLeavesLookedAt(pages);
  }

  private byte[][] copy() {
    byte[][] copy = new byte[pages.length][];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = pages[i].clone();
    }
    return copy;
  }

  @Test
  void scansTheUndamaged() {
    scan(pages);
    assertThat(pages.length).isGreaterThan(150);
  }

  @Test
  void anyDamageEndsInOneKindOfException() {
    Random random = new Random(SEED);
    List<String> messages = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      byte[][] image = copy();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        byte[] page = image[random.nextInt(image.length)];
        int at = random.nextInt(random.nextBoolean() ? 40 : page.length);
        page[at] =
            (byte) (random.nextBoolean() ? random.nextInt() : page[at] ^ (1 << random.nextInt(8)));
      }
      if (round % 10 == 0) {
        compareWithLeavesLookedAt(image);
      }
      try {
        scan(image);
      } catch (CorruptDatabaseException e) {
        messages.add(String.valueOf(e.getMessage()));
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("-Dwaltap.seed=" + SEED + ", round " + round, e);
      }
    }
    assertThat(messages)
        .hasSizeGreaterThan(ROUNDS / 10)
        .allMatch(message -> message.matches("table \\w+ \\(root page \\d+\\), .*page \\d+.*"));
  }

  @Test
  void cellsAtTheEndOfAPageStayOnIt() {
    for (int last = 1; last <= 24; last++) {
      byte[][] image = copy();
      for (byte[] page : image) {
        java.util.Arrays.fill(page, page.length - last, page.length, (byte) 0xff);
      }
      assertThatThrownBy(() -> scan(image)).isInstanceOf(CorruptDatabaseException.class);
    }
  }

  @Test
  void namesALoopOfOverflowPages() {
    int first = overflowPage();
    byte[][] image = copy();
    ByteBuffer.wrap(image[first - 1]).putInt(0, first);
    assertThatThrownBy(() -> scan(image))
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("page " + first + " leads to page " + first);
  }

  @Test
  void namesAPageBeyondTheEnd() {
    int first = overflowPage();
    byte[][] image = copy();
    ByteBuffer.wrap(image[first - 1]).putInt(0, -2);
    assertThatThrownBy(() -> scan(image))
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("page " + first + " leads to page 4294967294");
  }

  @Test
  void namesATreeThatLeadsToItself() {
    byte[][] image = copy();
    int root = roots.getOrDefault("r", 0);
    ByteBuffer.wrap(image[root - 1]).putInt(8, root);
    assertThatThrownBy(() -> scan(image))
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("table r (root page " + root + "), page " + root);
  }

  /** A page of the middle of a chain. */
  private int overflowPage() {
    int[] found = new int[1];
    TreeScanner scanner =
        new TreeScanner(
            pageNumber -> pages[pageNumber - 1],
            format,
            pages.length,
            (tree, pageNumber, kind, parent, page) -> {
              if (kind == dev.waltap.btree.PageOwners.OVERFLOW
                  && ByteBuffer.wrap(page).getInt(0) != 0) {
                found[0] = pageNumber;
              }
            });
    scanner.scan(new Tree(0, roots.getOrDefault("r", 0), TreeKind.TABLE, "r"));
    return found[0];
  }
}
