// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureOptions;
import dev.waltap.attach.Attachment;
import dev.waltap.attach.CommitsAtRisk;
import dev.waltap.attach.ForeignWrites;
import dev.waltap.attach.Guard;
import dev.waltap.attach.Surroundings;
import dev.waltap.decode.Emitter;
import dev.waltap.decode.Replica;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.deliver.StagedChanges;
import dev.waltap.deliver.StoppingListener;
import dev.waltap.follow.Backlog;
import dev.waltap.follow.Counters;
import dev.waltap.follow.Epochs;
import dev.waltap.follow.LogFollower;
import dev.waltap.io.Closer;
import dev.waltap.memory.CaptureMemory;
import dev.waltap.wal.LogKeeper;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the phases of a session work with, opened and closed together. For the capture thread.
 *
 * <pre>
 *   attachment ──▶ log ──▶ backlog ──▶ replica's decoder ──▶ emitter ──▶ staged ──▶ queue
 *   (database,    (copies  (waits)    (before and after)    (numbers)   (hands over)
 *    WAL)          the WAL)
 * </pre>
 */
final class CaptureParts implements AutoCloseable {
  final CaptureOptions options;
  final CaptureMemory memory;
  final ChangeQueue queue;
  final CaptureListener listener;
  final Counters counters;
  final Attachment attachment;
  final Guard guard;
  final Surroundings surroundings;
  final ForeignWrites foreignWrites;
  final Baseline baseline;
  final Replica replica;
  final Backlog backlog;
  final LogFollower log;
  final Epochs epochs = new Epochs();
  final StagedChanges staged;
  final Emitter emitter;
  final @Nullable DurableState state;

  /** Whether it was said that memory is kept that others need. */
  private boolean keepsMemory;

  /** What all long work calls: keeps up with the log, unless there is none to follow. */
  private LogKeeper keeper;

  private final Closer closer = new Closer();

  /**
   * Opens them all, or none.
   *
   * @param holder takes the state, where one is named; null opens none
   */
  CaptureParts(
      CaptureOptions options,
      CaptureMemory memory,
      ChangeQueue queue,
      CaptureListener listener,
      Counters counters,
      @Nullable StateHolder holder) {
    this.options = options;
    this.memory = memory;
    this.queue = queue;
    this.listener = listener;
    this.counters = counters;
    CommitsAtRisk atRisk = new CommitsAtRisk(listener);
    try {
      this.attachment = closer.open(() -> Attachment.open(options.database()));
      this.baseline =
          closer.open(
              () ->
                  new Baseline(
                      options,
                      memory,
                      attachment,
                      new StoppingListener(listener, queue),
                      counters,
                      atRisk));
      this.replica = baseline.replica();
      this.backlog =
          closer.open(
              () ->
                  new Backlog(
                      replica.buffers(),
                      memory.backlog(),
                      epochs::ofGeneration,
                      attachment.tail()::position));
      this.state = openState(holder);
      this.guard =
          closer.open(
              () ->
                  new Guard(
                      options.guard(),
                      options.walLimit(),
                      attachment,
                      listener,
                      counters::walLimit,
                      System::nanoTime));
      this.surroundings = new Surroundings(attachment, options.database(), listener);
      this.foreignWrites = new ForeignWrites(attachment);
      this.log =
          new LogFollower(attachment, guard, backlog, epochs, counters, queue, listener, atRisk);
      this.keeper = log;
      this.staged = new StagedChanges(queue, this::saveState, this::keepUpWaiting);
      this.emitter =
          new Emitter(
              staged, options.schemaEvents(), new SourceName(options, () -> state), this::keepUp);
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private void keepUp() {
    keeper.keepUp();
  }

  /**
   * While the handler is waited for, nothing is decoded: there is time to copy. It may take long,
   * where a receiver is down, and pages are not used meanwhile: those leave that others need room
   * for.
   */
  private void keepUpWaiting() {
    keeper.copyAhead();
    replica.pageSet().giveWay();
  }

  /** What is emitted from here on keeps up with something else than the log. */
  void keepUpWith(LogKeeper other) {
    keeper = other;
  }

  private @Nullable DurableState openState(@Nullable StateHolder holder) {
    Path directory = options.stateDirectory();
    if (holder == null || directory == null) {
      return null;
    }
    DurableState opened =
        closer.open(
            () ->
                DurableState.open(
                    directory,
                    attachment.identity(),
                    options.stateLag(),
                    "capture of " + options.database()));
    holder.hold(opened::acknowledge);
    return opened;
  }

  /** The state if there is one that was saved before; else null. */
  @Nullable DurableState savedState() {
    DurableState durable = state;
    return durable != null && durable.exists() ? durable : null;
  }

  /** Hands over what was emitted. */
  void release() {
    staged.release();
  }

  /** What is handed over must be in the state before. */
  private void saveState() {
    if (state != null) {
      state.flush();
      state.upkeep(log);
    }
  }

  /** Whether an idle capture has nothing to save, now or when the handler is done. */
  boolean isSettled() {
    DurableState durable = state;
    return durable == null || durable.isSettled();
  }

  /** Idle, it leaves memory to those that need it. */
  void giveBackMemory() {
    replica.shrink();
    backlog.shrink();
    memory.gaveBack();
    UncheckedIOException failure = replica.pageSet().keepsMemory();
    if (failure != null && !keepsMemory) {
      keepsMemory = true;
      listener.detail("memory that other databases need is kept: " + failure.getMessage());
    }
  }

  /** Waits until all that was emitted is delivered, so that what was acknowledged is saved. */
  void finish() {
    release();
    queue.awaitDelivered(log::copyAhead);
  }

  @Override
  public void close() {
    closer.close();
  }
}
