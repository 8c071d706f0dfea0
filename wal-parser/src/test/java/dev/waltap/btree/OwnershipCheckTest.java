// SPDX-License-Identifier: Apache-2.0
package dev.waltap.btree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.format.TreeKind;
import dev.waltap.page.ExpensiveChecks;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The check of page set against page owners finds what breaks the invariant. */
class OwnershipCheckTest {
  private static final Tree TREE = new Tree(0, 2, TreeKind.TABLE, "t");
  private static final int SIZE = 512;

  private final PageOwners owners = new PageOwners();
  private final PageSet pages = new PageSet(new PageBuffers(SIZE), 1 << 20);
  private final OwnershipCheck check = new OwnershipCheck(owners, pages);

  @BeforeEach
  void ownATreeWithAChain() {
    own(2, PageOwners.INTERIOR, PageOwners.ROOT);
    own(3, PageOwners.LEAF, 2);
    own(4, PageOwners.LEAF, 2);
    own(5, PageOwners.OVERFLOW, 4);
    own(6, PageOwners.OVERFLOW, 5);
    check.check();
  }

  @AfterEach
  void close() {
    pages.close();
  }

  private void own(int page, byte kind, int parent) {
    owners.adopt(TREE, page, kind, parent);
    pages.put(page, new byte[SIZE]);
  }

  private void assertBroken(String what) {
    assertThatThrownBy(check::check).isInstanceOf(AssertionError.class).hasMessage(what);
  }

  @Test
  void findsAPageThatIsOwnedAndNotHeld() {
    pages.remove(3);
    assertBroken("page 3 is owned and not held");
  }

  @Test
  void findsAPageThatIsHeldAndNotOwned() {
    owners.clear(6);
    assertBroken("page 6 is held and not owned");
    pages.remove(6);
    check.check();
  }

  @Test
  void findsAPageBelowOneOfNobody() {
    owners.clear(5);
    pages.remove(5);
    assertBroken("page 6 has nobody's page 5 above it");
  }

  @Test
  void findsACircle() {
    owners.set(5, PageOwners.OVERFLOW, 6, TREE.ordinal());
    assertBroken("page 5 is in a circle, or leads up to one");
  }

  @Test
  void looksAtFewPagesAfterEachTransactionAndAtManyNowAndThen() {
    check.afterTransaction();
    pages.remove(3);
    assertThatThrownBy(check::afterTransaction).isInstanceOf(AssertionError.class);
    pages.put(3, new byte[SIZE]);
    for (int page = 7; page < 4096; page++) {
      own(page, PageOwners.LEAF, 2);
    }
    pages.remove(3);
    for (int i = 0; i < 3; i++) {
      check.afterTransaction();
    }
    assertThatThrownBy(check::afterTransaction).isInstanceOf(AssertionError.class);
  }

  @Test
  void isOnWhereThePropertySaysSo() {
    assertThat(ExpensiveChecks.ON).isEqualTo(Boolean.getBoolean("waltap.checks"));
  }
}
