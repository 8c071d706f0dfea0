// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

/**
 * Threads that many captures share: each task has one for itself as long as it runs, so that one
 * that blocks holds up no other. For any thread.
 */
public interface Workers {

  /**
   * Runs a task soon, on a thread of this name.
   *
   * @throws OutOfMemoryError if no thread is to be had; the task does not run then
   */
  void execute(String name, Runnable task);

  /**
   * Runs a task that as a rule has nothing to do, after others like it, so that many that are due
   * at the same time need few threads. Where no thread is to be had, it runs with the next one.
   *
   * @throws OutOfMemoryError if there is no memory to note the task; it does not run then
   */
  void executeInTurn(String name, Runnable task);

  /**
   * Called by a task that has its turn and finds that it takes longer: those behind it need not
   * wait for it any more. Again, and from other threads: nothing.
   */
  void endTurn();
}
