// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Transaction;
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
}
