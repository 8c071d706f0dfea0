// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import java.util.List;

/**
 * Captures of many databases, found as they come and go; made by {@code Waltap.fleet()}. Each has
 * its own order, positions and acknowledgement, and none is stopped or delayed by what is wrong
 * with another.
 *
 * <p>Threads follow what is active, not what is open: a database that is idle has none, unless its
 * log can't be watched, the user's own wake signal or a timer of less than a second is waited for,
 * or {@link GuardMode#ALWAYS} keeps a read transaction open. The handler of one database is called
 * by one thread at a time, and each call sees what the one before it did (it <i>happens
 * before</i>), but after a pause it may be by another thread, which has served another database
 * meanwhile. So a handler should keep nothing in a {@link ThreadLocal}, nor interrupt a thread on
 * which it was called before. An interrupt that it leaves on its own thread ends the capture of its
 * own database, as it does in {@link ChangeDataCapture}. Handlers of different databases are called
 * at the same time, unless they share one.
 */
public interface Fleet extends AutoCloseable {

  /**
   * Captures all of them until closed; a bootstrap, and a fleet that ends when it has caught up,
   * until all are done. Runs once, on the caller's thread and others.
   *
   * <p>A database that appears while this runs is new: its rows are delivered first, whatever the
   * mode, unless it has a saved position. So is one that appeared since an earlier run, where the
   * states of all are below one root.
   *
   * @throws CaptureException REFUSED if the databases can't be looked for, or are too many to be
   *     open at once without state; HANDLER if a handler fails that all share
   */
  void run(CaptureMode mode);

  /** The databases there are at this moment. */
  List<FleetMember> members();

  /**
   * Ends all captures in order, from any thread, and returns when nothing of them runs any more;
   * from a handler or listener of its own it only begins to.
   */
  @Override
  void close();
}
