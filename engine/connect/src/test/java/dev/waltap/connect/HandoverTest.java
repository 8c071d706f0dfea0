// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.handler.DeliveryStoppedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Changes between two threads, and what was committed back. */
class HandoverTest {
  private final List<@Nullable Position> delivered = new ArrayList<>();
  private final Handover handover = new Handover(new Object(), 4, delivered::add);

  private static Change change(int frame, int index, boolean last) {
    return Change.builder("t", Operation.INSERT)
        .position(new Position(1, frame, index))
        .last(last)
        .build();
  }

  private static CompletableFuture<Void> inBackground(Step step) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            step.run();
          } catch (Exception e) {
            throw new java.util.concurrent.CompletionException(e);
          }
        });
  }

  /** What may throw. */
  private interface Step {
    void run() throws Exception;
  }

  @Test
  void givesWholeTransactionsFirstAndTheBeginningOfOneByItself() throws Exception {
    handover.handleChanges(List.of(change(1, 0, true), change(2, 0, false), change(2, 1, false)));
    assertThat(handover.take()).hasSize(1);
    assertThat(handover.take()).hasSize(2);
    assertThat(handover.take()).isEmpty();
    handover.handleChanges(List.of(change(2, 2, true)));
    assertThat(handover.take()).hasSize(1);
  }

  @Test
  void waitsUntilWholeTransactionsAreCommitted() throws Exception {
    handover.handleChanges(List.of(change(1, 0, true), change(2, 0, false)));
    CompletableFuture<Void> flush = inBackground(handover::flush);
    handover.take();
    assertThat(flush).isNotDone();
    handover.committed(1, new Position(1, 1, 0));
    flush.get(20, TimeUnit.SECONDS);
    assertThat(delivered).containsExactly(new Position(1, 1, 0));
    // The one that has begun is not waited for, nor is anything told twice.
    handover.flush();
    assertThat(delivered).hasSize(1);
  }

  @Test
  void saysThatNothingIsDeliveredYet() throws Exception {
    handover.flush();
    assertThat(delivered).containsExactly((Position) null);
  }

  @Test
  void forgetsNoGapBeforeItIsFilled() throws Exception {
    handover.startsOver();
    handover.flush();
    assertThat(delivered).isEmpty();
    handover.handleChanges(List.of(change(1, 0, true)));
    handover.take();
    handover.committed(1, new Position(1, 1, 0));
    handover.flush();
    assertThat(delivered).containsExactly(new Position(1, 1, 0));
  }

  @Test
  void takesNoMoreThanThereIsRoomFor() throws Exception {
    handover.handleChanges(List.of(change(1, 0, true), change(2, 0, true), change(3, 0, true)));
    CompletableFuture<Void> more =
        inBackground(() -> handover.handleChanges(List.of(change(4, 0, true), change(5, 0, true))));
    assertThat(more).isNotDone();
    assertThat(handover.take()).hasSize(3);
    more.get(20, TimeUnit.SECONDS);
    assertThat(handover.take()).hasSize(2);
  }

  @Test
  void stoppedItLeavesUndeliveredWhatIsNotCommitted() throws Exception {
    handover.handleChanges(List.of(change(1, 0, true)));
    CompletableFuture<Void> flush = inBackground(handover::flush);
    handover.stop();
    assertThatThrownBy(() -> flush.get(20, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(DeliveryStoppedException.class);
    assertThatThrownBy(() -> handover.handleChanges(List.of(change(2, 0, true))))
        .isInstanceOf(DeliveryStoppedException.class);
    assertThat(delivered).isEmpty();
  }
}
