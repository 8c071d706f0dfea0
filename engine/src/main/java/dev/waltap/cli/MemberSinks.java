// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberOutput;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * The outputs of many databases: one for each, or one for all. Opened from the members' threads;
 * all else for any.
 */
abstract class MemberSinks implements MemberOutput.Opening, Closeable {
  private final AtomicLong changes = new AtomicLong();
  private final Set<Member> open = ConcurrentHashMap.newKeySet();

  private BiFunction<FleetMember, ChangesHandler, ChangesHandler> shown =
      (member, handler) -> handler;

  /** Wraps each handler that is opened from now on. */
  final void show(BiFunction<FleetMember, ChangesHandler, ChangesHandler> wrapper) {
    shown = wrapper;
  }

  /** Whether one output is for all: what fails there fails for all. */
  abstract boolean areShared();

  /** Whether a failure is one of an output that all share, where each has others of its own. */
  boolean isShared(Throwable failure) {
    return false;
  }

  /** Says of a file whether it is an output. */
  abstract Predicate<Path> files();

  /** Makes all outputs abandon what they only retry. */
  abstract void stop();

  /** Checks whether they were rotated. */
  abstract void reopen();

  /** How many changes were handled. */
  final long changes() {
    return changes.get();
  }

  /** Opens the output of a member, to be wrapped. */
  abstract Member openSink(FleetMember member) throws IOException, InterruptedException;

  @Override
  public final MemberOutput open(FleetMember member) throws IOException, InterruptedException {
    Member opened = openSink(member);
    open.add(opened);
    return opened;
  }

  /** Those that are open. */
  final Set<Member> opened() {
    return open;
  }

  /** The open output of one member. */
  final class Member implements MemberOutput {
    private final Sink sink;
    private final Closeable behind;
    private final boolean startsOver;
    private final FleetMember of;

    /**
     * An open output.
     *
     * @param behind is closed after it
     * @param startsOver whether all rows have to be delivered first
     */
    Member(FleetMember of, Sink sink, Closeable behind, boolean startsOver) {
      this.of = of;
      this.sink = sink;
      this.behind = behind;
      this.startsOver = startsOver;
    }

    Sink sink() {
      return sink;
    }

    @Override
    public ChangesHandler handler() {
      ChangesHandler own = sink.handler();
      ChangesHandler handler = shown.apply(of, own);
      return new ChangesHandler() {
        @Override
        public void handleChanges(List<Change> batch) throws Exception {
          handler.handleChanges(batch);
          changes.addAndGet(batch.size());
        }

        @Override
        public void flush() throws Exception {
          handler.flush();
        }
      };
    }

    @Override
    public boolean startsOver() {
      return startsOver;
    }

    @Override
    public void stop() {
      sink.stop().run();
    }

    @Override
    public void close() throws IOException {
      open.remove(this);
      try {
        sink.close();
      } finally {
        behind.close();
      }
    }
  }
}
