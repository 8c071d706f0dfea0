// SPDX-License-Identifier: Apache-2.0
package dev.waltap.deliver;

import dev.waltap.api.Change;
import dev.waltap.api.Position;
import dev.waltap.decode.ChangeSink;

/**
 * Changes that are decoded and not handed over yet: to hand over takes a lock and may wake a
 * thread, and durable state is synced before, so that is done for many at once. For the capture
 * thread.
 */
public final class StagedChanges implements ChangeSink {
  private static final int MAX_CHANGES = 256;
  private static final long MAX_BYTES = 1 << 20;

  private final ChangeQueue queue;
  private final Runnable beforeRelease;
  private final Runnable whileWaiting;
  private final ChangeBuffer staged = new ChangeBuffer();
  private long bytes;

  /**
   * Stages for a queue.
   *
   * @param beforeRelease called before anything is handed over
   * @param whileWaiting called every millisecond or so while the queue is full
   */
  public StagedChanges(ChangeQueue queue, Runnable beforeRelease, Runnable whileWaiting) {
    this.queue = queue;
    this.beforeRelease = beforeRelease;
    this.whileWaiting = whileWaiting;
  }

  @Override
  public void add(Change change, long size) {
    stage(change, size, false);
    if (isReleaseDue()) {
      release();
    }
  }

  @Override
  public void addLast(Change change, long size) {
    stage(change, size, true);
  }

  @Override
  public void addEnd(Position commit) {
    if (staged.endsWithoutChange()) {
      staged.removeLast();
    }
    staged.addEnd(commit);
  }

  private void stage(Change change, long size, boolean last) {
    staged.add(change, size, last);
    bytes += size;
  }

  /** Waits until they would be the only ones past the queue's bound. */
  @Override
  public void makeRoom(long size) {
    release();
    queue.awaitRoom(size, whileWaiting);
  }

  /** Whether so much is staged that it is worth handing it over. */
  public boolean isReleaseDue() {
    return staged.size() >= Math.min(MAX_CHANGES, queue.maxChanges())
        || bytes >= Math.min(MAX_BYTES, queue.bytesAtOnce());
  }

  /**
   * Hands over what is staged, waiting while the queue is full.
   *
   * @throws StoppedException once nobody takes any more
   */
  public void release() {
    beforeRelease.run();
    queue.put(staged, whileWaiting);
    bytes = 0;
  }
}
