// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberOutput;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * One output for all members: it gets whole batches, one at a time, in the order in which they were
 * waited for. Whoever made it closes it.
 */
public final class SharedOutput implements MemberOutput.Opening {
  private final Function<FleetMember, ChangesHandler> handlers;
  private final ReentrantLock lock = new ReentrantLock(true);

  /**
   * An output that all share.
   *
   * @param handlers make what writes a member's changes to it
   */
  public SharedOutput(Function<FleetMember, ChangesHandler> handlers) {
    this.handlers = handlers;
  }

  @Override
  public MemberOutput open(FleetMember member) {
    ChangesHandler inTurn = new InTurn(handlers.apply(member), lock);
    return () -> inTurn;
  }

  @Override
  public boolean looksAtEach() {
    return false; // None of them ever starts over.
  }

  private record InTurn(ChangesHandler handler, ReentrantLock lock) implements ChangesHandler {

    @Override
    public void handleChanges(List<Change> changes) throws Exception {
      lock.lock();
      try {
        handler.handleChanges(changes);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void flush() throws Exception {
      lock.lock();
      try {
        handler.flush();
      } finally {
        lock.unlock();
      }
    }
  }
}
