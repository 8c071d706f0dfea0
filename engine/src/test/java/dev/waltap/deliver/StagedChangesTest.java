// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** When what is staged is handed over. */
class StagedChangesTest {
  private static final Change CHANGE = insert(row("id", 1L));

  private int saves;
  private final ChangeQueue queue = new ChangeQueue(10, 100);
  private final StagedChanges staged = new StagedChanges(queue, () -> saves++, () -> {});

  private static Position end(int frame) {
    return new Position(1, frame, 0);
  }

  @Test
  void handsOverWhenEnoughIsStaged() {
    for (int i = 0; i < 9; i++) {
      staged.add(CHANGE, 1);
    }
    assertThat(queue.depth()).isZero();
    staged.add(CHANGE, 1);
    assertThat(queue.depth()).isEqualTo(10);
    assertThat(saves).isEqualTo(1);
  }

  @Test
  void handsOverWhenManyBytesAreStaged() {
    staged.add(CHANGE, 99);
    assertThat(queue.depth()).isZero();
    staged.add(CHANGE, 1);
    assertThat(queue.depth()).isEqualTo(2);
  }

  @Test
  void handsNothingOverAtTheEndOfATransaction() {
    staged.addLast(CHANGE, 1000);
    assertThat(queue.depth()).isZero();
    assertThat(staged.isReleaseDue()).isTrue();
    assertThat(saves).isZero();
  }

  @Test
  void keepsTheLastOfEndsWithoutChanges() throws InterruptedException {
    staged.addLast(CHANGE, 1);
    staged.addEnd(end(2));
    staged.addEnd(end(3));
    staged.release();
    ChangeQueue.Batch batch = Objects.requireNonNull(queue.take(10, 100, 0));
    assertThat(batch.changes()).hasSize(1);
    assertThat(batch.end()).isEqualTo(end(3));
    assertThat(queue.depth()).isZero();
  }

  @Test
  void handsOverBeforeItWaitsForRoom() {
    staged.add(CHANGE, 1);
    staged.makeRoom(50);
    assertThat(queue.depth()).isEqualTo(1);
  }
}
