// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Transaction;
import dev.waltap.page.MemoryBudget;
import dev.waltap.page.MemoryLimit;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the queue is bounded by, with one thread for both of its ends. */
class ChangeQueueTest {
  private static final Change CHANGE =
      new Change(
          "t",
          Instant.EPOCH,
          Operation.BOOTSTRAP,
          null,
          null,
          null,
          new Position(1, 1, 0),
          new Transaction("1:1", 0, false),
          null,
          null);

  private final ChangeQueue queue = new ChangeQueue(10, 100);
  private int waited;
  private int recalled;

  private void add(long size) {
    ChangeBuffer one = new ChangeBuffer();
    one.add(CHANGE, size, false);
    queue.put(one, () -> waited++);
  }

  private void take() {
    try {
      Objects.requireNonNull(queue.take(1, 1, Long.MAX_VALUE));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void takesAChangeLargerThanTheBound() {
    queue.awaitRoom(1000, () -> waited++);
    add(1000);
    assertThat(waited).isZero();
    take();
    assertThat(queue.depth()).isZero();
  }

  @Test
  void whoHasLeftIsRecalledOnceByWhateverThereIsToTake() {
    for (Runnable deed : List.<Runnable>of(() -> add(1), queue::recall, () -> queue.finish(null))) {
      assertThat(queue.leave(() -> recalled++)).isTrue();
      recalled = 0;
      deed.run();
      assertThat(recalled).isEqualTo(1);
      if (queue.depth() > 0) {
        assertThat(queue.leave(() -> recalled++)).isFalse();
        take();
      }
    }
    assertThat(queue.leave(() -> recalled++)).isFalse();
    queue.stop();
    assertThat(recalled).isEqualTo(1);
  }

  @Test
  void whoHasLeftIsRecalledByTheEnd() {
    assertThat(queue.leave(() -> recalled++)).isTrue();
    queue.stop();
    queue.stop();
    assertThat(recalled).isEqualTo(1);
    assertThat(queue.leave(() -> recalled++)).isFalse();
  }

  @Test
  void makesNoRoomBeforeTheHandlerIsDone() {
    add(60);
    queue.awaitRoom(40, () -> waited++);
    assertThat(waited).isZero();
    queue.awaitRoom(
        41,
        () -> {
          if (++waited == 1) {
            take();
          } else {
            queue.delivered();
          }
        });
    assertThat(waited).isEqualTo(2);
  }

  @Test
  void makesRoomForOneLargeChangeAtATime() {
    add(1000);
    take();
    queue.awaitRoom(
        1000,
        () -> {
          waited++;
          queue.delivered();
        });
    assertThat(waited).isEqualTo(1);
  }

  @Test
  void doesNotWaitForRoomOnceItIsStopped() {
    add(60);
    assertThatThrownBy(() -> queue.awaitRoom(60, queue::stop)).isInstanceOf(StoppedException.class);
  }

  /** Memory of a test: so much, of which the queue has some. */
  private static final class Budget implements MemoryBudget {
    private long left = 10L * MemoryLimit.PIECE;
    private long reserved;

    @Override
    public boolean reserve(long bytes) {
      boolean there = bytes <= left;
      left -= there ? bytes : 0;
      reserved += there ? bytes : 0;
      return there;
    }

    @Override
    public void release(long bytes) {
      left += bytes;
      reserved -= bytes;
    }

    @Override
    public boolean isOverdrawn() {
      return false;
    }
  }

  private void fill(ChangeQueue shared, long size, int times) {
    ChangeBuffer more = new ChangeBuffer();
    for (int i = 0; i < times; i++) {
      more.add(CHANGE, size, true);
    }
    shared.put(
        more,
        () -> {
          waited++;
          shared.stop();
        });
  }

  @Test
  void takesMemoryWhileThereIsSomeAndGivesItBackOnceAllIsDelivered() throws InterruptedException {
    Budget budget = new Budget();
    int piece = MemoryLimit.PIECE;
    ChangeQueue shared = new ChangeQueue(1000, new MemoryLimit(100, 6L * piece, budget));
    for (int round = 0; round < 3; round++) {
      fill(shared, 100, 1);
      assertThat(budget.reserved).as("within its own").isZero();
      fill(shared, 1000, 200);
      assertThat(budget.reserved).isEqualTo(4L * piece);
      assertThat(Objects.requireNonNull(shared.take(1000, 1 << 20, 0)).changes()).hasSize(201);
      assertThat(budget.reserved).as("while the handler has them").isEqualTo(4L * piece);
      shared.delivered();
      assertThat(budget.reserved).isZero();
    }
    assertThatThrownBy(() -> fill(shared, 1000, 500)).isInstanceOf(StoppedException.class);
    assertThat(budget.reserved).as("at most").isBetween(5L * piece, 6L * piece);
    assertThat(shared.bytes()).isBetween(4L * piece, 6L * piece);
  }

  @Test
  void isHandedOverManyChangesAtOnceHoweverLittleMayWait() {
    assertThat(queue.bytesAtOnce()).as("bounded by an option").isEqualTo(100);
    MemoryLimit little = new MemoryLimit(100, 1 << 20, MemoryBudget.NONE);
    assertThat(new ChangeQueue(1000, little).bytesAtOnce()).isEqualTo(256 << 10);
  }

  @Test
  void makesDoWithItsOwnWhereThereIsNothingElse() throws InterruptedException {
    Budget budget = new Budget();
    budget.left = 0;
    ChangeQueue shared = new ChangeQueue(1000, new MemoryLimit(100, 1 << 20, budget));
    fill(shared, 50, 2);
    assertThat(waited).isZero();
    assertThat(Objects.requireNonNull(shared.take(2, 1000, 0)).bytes()).isEqualTo(100);
    // The handler has as much; what waits is bounded by itself.
    fill(shared, 50, 2);
    assertThat(waited).isZero();
    assertThatThrownBy(() -> fill(shared, 50, 1)).isInstanceOf(StoppedException.class);
    assertThat(shared.bytes()).isEqualTo(100);
  }
}
