// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageStore;
import dev.waltap.page.TransactionPages;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Neither the ordinals of trees nor how many are dropped at once say what a transaction takes. */
class DroppedTreesTest {
  private final PageBuffers buffers = new PageBuffers(512);
  private final PageStore store = new PageStore(512, 1 << 20);
  private final PageSet pages = new PageSet(buffers, 8 << 20);
  private final PageOwners owners = new PageOwners();
  private final TransactionPages written = new TransactionPages(buffers, store, 1 << 20);
  private final TransactionDiff diff =
      new TransactionDiff(new PageFormat(512, 512), buffers, pages, owners, written);

  private void own(Tree tree, int page, int parent) {
    byte[] image = new byte[512];
    image[0] = 13;
    owners.adopt(tree, page, PageOwners.LEAF, parent);
    pages.put(page, image);
  }

  @Test
  void aTreeWithALargeOrdinalTakesNoMoreThanOneWithASmall() {
    Tree tree = new Tree(1_000_000_000, 5, TreeKind.TABLE, "t");
    own(tree, 5, PageOwners.ROOT);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    byte[] image = new byte[512];
    image[0] = 13;
    written.put(5, image);
    written.databaseSize(5);
    diff.begin(written);
    assertThat(diff.isTouched(tree)).isTrue();
    assertThat(diff.touchedTrees()).isEqualTo(1);
    diff.delta(tree, tree);
    assertThatThrownBy(diff::finish).isInstanceOf(IllegalStateException.class);
    diff.check();
    diff.finish();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
  }

  @Test
  void treesDroppedTogetherAreFoundInOneGoAndLeaveNothing() {
    int trees = 3000;
    int pagesEach = 10;
    for (int i = 0; i < trees; i++) {
      Tree tree = new Tree(i, 2 + i * pagesEach, TreeKind.TABLE, "t" + i);
      own(tree, tree.root(), PageOwners.ROOT);
      for (int page = 1; page < pagesEach; page++) {
        own(tree, tree.root() + page, tree.root() + page - 1);
      }
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    written.databaseSize(2 + trees * pagesEach);
    diff.begin(written);
    for (int i = 1; i < trees; i++) {
      diff.delta(new Tree(i, 2 + i * pagesEach, TreeKind.TABLE, "t" + i), null);
    }
    diff.check();
    diff.finish();
    assertThat(owners.size()).isEqualTo(pagesEach);
    assertThat(pages.size()).isEqualTo(pagesEach);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
  }
}
