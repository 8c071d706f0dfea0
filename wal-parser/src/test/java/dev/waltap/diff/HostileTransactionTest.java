// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import dev.waltap.page.UnknownPageException;
import dev.waltap.record.KeyBytes;
import dev.waltap.record.KeyOrder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transactions that commit any bytes: one that makes whole trees is followed, any other is refused
 * before it is applied, as a scan of the whole would refuse it.
 */
class HostileTransactionTest {
  private static final int ROUNDS = Integer.getInteger("hostile.rounds", 4000);
  private static final long SEED = Long.getLong("waltap.seed", 11);
  private static final PageFormat FORMAT = new PageFormat(512, 512);
  private static final KeyOrder BYTES =
      (a, offsetA, sizeA, b, offsetB, sizeB) ->
          Arrays.compareUnsigned(a, offsetA, offsetA + sizeA, b, offsetB, offsetB + sizeB);
  private static final KeyBytes WHOLE =
      (payload, offset, size) -> Arrays.copyOfRange(payload, offset, offset + size);
  private static final RowSink NOBODY =
      new RowSink() {
        @Override
        public void deleted(RowCursor before) {}

        @Override
        public void updated(RowCursor before, RowCursor after) {}

        @Override
        public void inserted(RowCursor after) {}
      };

  @TempDir Path directory;
  private byte[][] pages = new byte[0][];
  private List<Tree> trees = List.of();

  @BeforeEach
  void create() throws Exception {
    try (VersionedDatabase database =
        new VersionedDatabase(directory.resolve("a.db"), 512, 0, "PRAGMA secure_delete=0")) {
      database.execute("CREATE TABLE r(id INTEGER PRIMARY KEY, b)");
      database.execute("CREATE TABLE w(id INTEGER PRIMARY KEY, b) WITHOUT ROWID");
      for (String table : List.of("r", "w")) {
        database.execute(
            ("INSERT INTO %s WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                    + " SELECT i, zeroblob(CASE WHEN i %% 20 = 0 THEN 2000 ELSE i %% 80 END)"
                    + " FROM n")
                .formatted(table));
      }
      while (database.next() != null) {}
      List<Tree> found = new ArrayList<>();
      database
          .roots()
          .forEach(
              (name, root) ->
                  found.add(
                      new Tree(
                          found.size(),
                          root,
                          name.equals("w") ? TreeKind.INDEX : TreeKind.TABLE,
                          name)));
      trees = found;
      pages = new byte[database.version().size()][];
      for (int i = 0; i < pages.length; i++) {
        pages[i] = database.version().page(i + 1);
      }
    }
  }

  /** A page set of the undamaged version, and what follows it. */
  private final class Follower implements AutoCloseable {
    private final PageBuffers buffers = new PageBuffers(512);
    private final PageSet set = new PageSet(buffers, 1 << 20);
    private final PageStore store = new PageStore(512, 1 << 20);
    private final PageOwners owners = new PageOwners();
    private final TransactionPages written = new TransactionPages(buffers, store, 1 << 20);
    private final TransactionDiff diff =
        new TransactionDiff(FORMAT, buffers, set, owners, new TransactionPages(buffers, store, 0));

    Follower() {
      TreeScanner scanner =
          new TreeScanner(
              page -> pages[page - 1],
              FORMAT,
              pages.length,
              (tree, page, kind, parent, image) -> {
                owners.adopt(tree, page, kind, parent);
                set.put(page, image.clone());
              });
      trees.forEach(scanner::scan);
    }

    /** Follows the version; what is wrong is thrown, and leaves all as it was. */
    void follow(byte[][] version, Set<Integer> changed) {
      for (int page : changed) {
        written.put(page, version[page - 1].clone());
      }
      written.databaseSize(version.length);
      diff.begin(written);
      boolean followed = false;
      try {
        for (Tree tree : trees) {
          if (diff.isTouched(tree)) {
            TreeDelta delta = diff.delta(tree, tree);
            if (!diff.rows(delta, tree.kind() == TreeKind.INDEX ? BYTES : null, NOBODY)) {
              diff.rowsByKey(delta, WHOLE, WHOLE, NOBODY);
            }
          }
        }
        diff.check();
        followed = true;
      } finally {
        if (followed) {
          diff.finish();
        } else {
          diff.abandon();
        }
      }
    }

    @Override
    public void close() {
      set.close();
      store.close();
    }
  }

  private @Nullable PageOwners scan(byte[][] version) {
    PageOwners owners = new PageOwners();
    try {
      TreeScanner scanner =
          new TreeScanner(
              page -> version[page - 1],
              FORMAT,
              version.length,
              (tree, page, kind, parent, image) -> owners.adopt(tree, page, kind, parent));
      trees.forEach(scanner::scan);
      return owners;
    } catch (CorruptDatabaseException e) {
      return null;
    }
  }

  @Test
  void followsExactlyTheTransactionsThatMakeWholeTrees() {
    Random random = new Random(SEED);
    int followed = 0;
    int refused = 0;
    Follower follower = new Follower();
    for (int round = 0; round < ROUNDS; round++) {
      byte[][] version = pages.clone();
      Set<Integer> changed = new HashSet<>();
      for (int mutations = 1 + random.nextInt(3); mutations > 0; mutations--) {
        mutate(version, changed, random);
      }
      PageOwners expected = scan(version);
      String what = "-Dwaltap.seed=" + SEED + ", round " + round;
      try {
        follower.follow(version, changed);
        assertThat(expected).as(what + ": followed what is no tree").isNotNull();
        requireSame(expected, follower.owners, what);
        followed++;
        follower.close();
        follower = new Follower();
      } catch (CorruptDatabaseException e) {
        if (!String.valueOf(e.getMessage()).contains("out of order")) {
          // The order of rows, which a scan does not look at, is checked where they are compared.
          assertThat(expected).as(what + ": " + e.getMessage()).isNull();
        }
        assertThat(e).hasMessageMatching("table \\w \\(root page \\d+\\), .*page \\d+.*");
        refused++;
      } catch (UnknownPageException e) {
        refused++; // A page that is free: what it holds, only a snapshot knows.
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(what, e);
      }
    }
    follower.close();
    assertThat(followed).isGreaterThan(ROUNDS / 20);
    assertThat(refused).isGreaterThan(ROUNDS / 20);
  }

  private static void requireSame(@Nullable PageOwners expected, PageOwners actual, String what) {
    if (expected == null) {
      throw new AssertionError(what);
    }
    assertThat(actual.size()).as(what).isEqualTo(expected.size());
    for (int i = 0; i < expected.end(); i++) {
      int page = expected.pageAt(i);
      assertThat(actual.kind(page)).as(what).isEqualTo(expected.kind(page));
      assertThat(actual.parent(page)).as(what).isEqualTo(expected.parent(page));
      assertThat(actual.tree(page)).as(what).isEqualTo(expected.tree(page));
    }
  }

  /** Flips bytes, swaps pages, and turns numbers of pages into others. */
  private void mutate(byte[][] version, Set<Integer> changed, Random random) {
    int number = 2 + random.nextInt(version.length - 1);
    changed.add(number);
    byte[] page = version[number - 1].clone();
    version[number - 1] = page;
    switch (random.nextInt(5)) {
      case 0 -> page[random.nextInt(page.length)] = (byte) random.nextInt();
      case 1 -> page[random.nextInt(40)] ^= (byte) (1 << random.nextInt(8));
      case 2 -> {
        int other = 2 + random.nextInt(version.length - 1);
        version[number - 1] = version[other - 1].clone();
        version[other - 1] = page;
        changed.add(other);
      }
      case 3 -> {
        // A number of a page, in a chain or among children, if there is one.
        int at = random.nextBoolean() ? 0 : random.nextInt(page.length - 4);
        ByteBuffer.wrap(page).putInt(at, 1 + random.nextInt(version.length + 2));
      }
      default -> {
        // The last child of an interior page, or what is there.
        int[] ends = {0, 1, number, -1, Integer.MIN_VALUE, version.length + 1};
        ByteBuffer.wrap(page).putInt(random.nextBoolean() ? 8 : 0, ends[random.nextInt(6)]);
      }
    }
  }

  @Test
  void refusesAnOverflowChainThatLeadsToItsOwnRoot() {
    Tree tree = trees.get(0);
    try (Follower follower = new Follower()) {
      byte[][] version = pages.clone();
      int first = firstOverflowPage(follower, tree);
      int leaf = follower.owners.parent(first);
      byte[] page = version[leaf - 1].clone();
      ByteBuffer image = ByteBuffer.wrap(page);
      for (int at = 0; at < page.length - 3; at++) {
        if (image.getInt(at) == first) {
          image.putInt(at, tree.root());
        }
      }
      version[leaf - 1] = page;
      assertThatThrownBy(() -> follower.follow(version, Set.of(leaf)))
          .isInstanceOf(CorruptDatabaseException.class)
          .hasMessageContaining(tree.toString())
          .hasMessageContaining("leads to page");
      follower.follow(pages, Set.of(leaf));
    }
  }

  private static int firstOverflowPage(Follower follower, Tree tree) {
    for (int i = 0; i < follower.owners.end(); i++) {
      int page = follower.owners.pageAt(i);
      if (follower.owners.kind(page) == PageOwners.OVERFLOW
          && follower.owners.kind(follower.owners.parent(page)) == PageOwners.LEAF
          && follower.owners.tree(page) == tree.ordinal()) {
        return page;
      }
    }
    throw new AssertionError("no overflow page");
  }
}
