// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Position;
import dev.waltap.file.FileOutput;
import dev.waltap.file.JsonLinesHandler;
import dev.waltap.json.BlobFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryTest {
  private static final Duration FLUSH = Duration.ofMillis(20);

  @TempDir private Path directory = Path.of("");

  private final ChangeQueue queue = new ChangeQueue(1000, 1 << 20);
  private final StagedChanges staged = new StagedChanges(queue, () -> {}, () -> {});
  private final List<String> calls = new ArrayList<>();

  @Test
  void flushesOnceForBatchesThatFollowEachOther() {
    add(1, 2, 3);
    delivery(new Recorder(batch -> {}), 1).run(() -> true, Long.MAX_VALUE);
    assertThat(calls).startsWith("batch 1", "flush", "acknowledge 1:1:0", "batch 2");
    assertThat(calls).endsWith("batch 3", "flush", "acknowledge 1:3:0");
  }

  @Test
  void flushesBeforeTheTimeWhatTakesMuchOfTheQueue() {
    ChangeQueue large = new ChangeQueue(1000, 64 << 20);
    StagedChanges toLarge = new StagedChanges(large, () -> {}, () -> {});
    for (int frame = 1; frame <= 3; frame++) {
      Position position = new Position(1, frame, 0);
      Change change = at(insert(row("id", 1L)), position);
      toLarge.addLast(change, 5 << 20);
    }
    toLarge.release();
    large.finish(null);
    new Delivery(
            new Recorder(batch -> {}),
            1,
            Duration.ofHours(1),
            large,
            new DeliveryCounters(),
            end -> {})
        .run(() -> true, Long.MAX_VALUE);
    assertThat(calls).containsExactly("batch 1", "flush", "batch 2", "flush", "batch 3", "flush");
  }

  @Test
  void countsOnlyWhatWasFlushedAsDelivered() {
    add(1);
    ChangesHandler handler =
        new Recorder(batch -> {}) {
          @Override
          public void flush() throws IOException {
            throw new IOException("no space");
          }
        };
    Delivery delivery = delivery(handler, 1);
    assertThatThrownBy(() -> delivery.run(() -> true, Long.MAX_VALUE))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("no space");
    assertThat(calls).containsExactly("batch 1");
    assertThat(delivery.position()).isNull();
  }

  @Test
  void deliversWhatReturnedBeforeTheBatchThatFails() {
    add(1, 2, 3);
    Delivery delivery =
        delivery(
            new Recorder(
                batch -> {
                  if (batch.get(0).position().frame() == 3) {
                    throw new IllegalStateException("no more");
                  }
                }),
            1);
    assertThatThrownBy(() -> delivery.run(() -> true, Long.MAX_VALUE))
        .hasMessageContaining("no more");
    assertThat(calls).endsWith("batch 3", "flush", "acknowledge 1:2:0");
    assertThat(delivery.position()).isEqualTo(new Position(1, 2, 0));
  }

  @Test
  void leavesWhenNothingComesAndAllIsFlushed() throws Exception {
    ChangeQueue later = new ChangeQueue(1000, 1 << 20);
    StagedChanges toLater = new StagedChanges(later, () -> {}, () -> {});
    Delivery delivery =
        new Delivery(new Recorder(batch -> {}), 1, FLUSH, later, new DeliveryCounters(), end -> {});
    assertThat(delivery.run(() -> true, 1)).isFalse();
    for (int frame = 1; frame <= 2; frame++) {
      Position position = new Position(1, frame, 0);
      Change change = at(insert(row("id", 1L)), position);
      toLater.addLast(change, 1);
    }
    toLater.release();
    assertThat(delivery.run(() -> true, 1)).isFalse();
    assertThat(calls).containsExactly("batch 1", "flush", "batch 2", "flush");
    later.finish(null);
    assertThat(delivery.run(() -> true, 1)).isTrue();
  }

  @Test
  void acknowledgesTransactionsWithoutChanges() {
    staged.addEnd(new Position(1, 7, 0));
    staged.release();
    queue.finish(null);
    delivery(new Recorder(batch -> {}), 1).run(() -> true, Long.MAX_VALUE);
    assertThat(calls).containsExactly("flush", "acknowledge 1:7:0");
  }

  /** A full disk takes back what was written since the last sync: none of it was delivered. */
  @Test
  void deliversNothingOfAFileThatFailed() throws IOException {
    Path path = directory.resolve("out.jsonl");
    try (FileOutput file = FileOutput.open(path)) {
      JsonLinesHandler lines = new JsonLinesHandler(file, BlobFormat.HEX);
      lines.handleChanges(List.of(insert(row("id", 1L))));
      lines.flush();
      lines.handleChanges(List.of(insert(row("id", 2L))));
    }
    assertThat(Files.readAllLines(path)).hasSize(1);
    try (FileOutput full = FileOutput.open(Path.of("/dev/full"))) {
      add(1, 2);
      Delivery delivery = delivery(new JsonLinesHandler(full, BlobFormat.HEX), 1);
      assertThatThrownBy(() -> delivery.run(() -> true, Long.MAX_VALUE))
          .hasMessageContaining("cannot write to /dev/full")
          .satisfies(failure -> assertThat(failure.getSuppressed()).isEmpty());
      assertThat(calls).isEmpty();
      assertThatThrownBy(full::sync).hasMessageContaining("an earlier write");
    }
  }

  private void add(int... frames) {
    for (int frame : frames) {
      Position position = new Position(1, frame, 0);
      Change made = insert(row("id", 1L));
      staged.addLast(at(made, position), 1);
    }
    staged.release();
    queue.finish(null);
  }

  private static Change at(Change change, Position position) {
    return new Change(
        change.table(),
        change.timestamp(),
        change.operation(),
        change.before(),
        change.after(),
        change.key(),
        position,
        change.transaction(),
        null,
        null);
  }

  private Delivery delivery(ChangesHandler handler, int batchSize) {
    return new Delivery(
        handler,
        batchSize,
        FLUSH,
        queue,
        new DeliveryCounters(),
        end -> calls.add("acknowledge " + end));
  }

  private class Recorder implements ChangesHandler {
    private final Consumer<List<Change>> also;

    Recorder(Consumer<List<Change>> also) {
      this.also = also;
    }

    @Override
    public void handleChanges(List<Change> changes) {
      calls.add("batch " + changes.get(0).position().frame());
      also.accept(changes);
    }

    @Override
    public void flush() throws IOException {
      calls.add("flush");
    }
  }
}
