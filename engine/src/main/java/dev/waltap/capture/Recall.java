// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

/**
 * Resumes, on another thread, a task that gave its own back. Where none is to be had, whoever calls
 * {@link #retry} every now and then makes up for it. For any thread.
 */
public final class Recall implements Runnable {
  private final Workers workers;
  private final String name;
  private final Runnable task;
  private volatile boolean refused;

  /** Runs the task on one of the workers' threads, which has this name meanwhile. */
  public Recall(Workers workers, String name, Runnable task) {
    this.workers = workers;
    this.name = name;
    this.task = task;
  }

  /** Resumes it; throws nothing. */
  @Override
  public void run() {
    try {
      workers.execute(name, task);
    } catch (Throwable e) {
      refused = true;
    }
  }

  /** Resumes it where that was in vain; for one thread at a time. */
  public void retry() {
    if (refused) {
      refused = false;
      run();
    }
  }
}
