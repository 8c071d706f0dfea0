// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.ChangesHandler;
import dev.waltap.api.FleetMember;
import dev.waltap.fleet.SharedOutput;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One stream of lines for all databases: whole batches, one at a time. */
final class SharedSink extends MemberSinks {

  /**
   * An open stream.
   *
   * @param handlers make what writes a member's changes to it
   * @param stop makes a write under way end
   * @param reopen checks whether it was rotated; null where there is nothing to rotate
   */
  record Lines(
      Function<FleetMember, ChangesHandler> handlers,
      Runnable stop,
      @Nullable Runnable reopen,
      Closeable closing) {}

  private final Lines lines;
  private final SharedOutput turns;
  private final Predicate<Path> files;

  /**
   * An output for all.
   *
   * @param files says of a file whether it is the output
   */
  SharedSink(Lines lines, Predicate<Path> files) {
    this.lines = lines;
    this.turns = new SharedOutput(lines.handlers());
    this.files = files;
  }

  @Override
  boolean areShared() {
    return true;
  }

  @Override
  public boolean looksAtEach() {
    return false; // None of them ever starts over.
  }

  @Override
  Predicate<Path> files() {
    return files;
  }

  @Override
  void stop() {
    lines.stop().run();
  }

  @Override
  void reopen() {
    Runnable reopen = lines.reopen();
    if (reopen != null) {
      reopen.run();
    }
  }

  /** Whether there is anything to rotate. */
  boolean isRotated() {
    return lines.reopen() != null;
  }

  /** What writes a member's changes to it, in turn with others. */
  ChangesHandler handler(FleetMember member) {
    return turns.open(member).handler();
  }

  @Override
  Member openSink(FleetMember member) {
    return new Member(member, new Sink(handler(member), () -> {}, null, () -> {}), () -> {}, false);
  }

  @Override
  public void close() throws IOException {
    lines.closing().close();
  }
}
