// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.FleetMember;
import dev.waltap.api.GapPolicy;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.io.Closer;
import dev.waltap.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/** An output of its own for each database: its file, its requests, its topics. */
final class OwnSinks extends MemberSinks {
  private final ShellCommand command;
  private final Console console;
  private final OutputOfMany options;
  private final GapPolicy onGap;
  private final boolean usesState;
  private final Function<FleetMember, String> sourceName;

  /**
   * Outputs by these options, which have been checked.
   *
   * @param usesState whether the command moves saved positions
   * @param sourceName what the changes of a member say that their database is
   */
  OwnSinks(
      ShellCommand command,
      Console console,
      OutputOfMany options,
      GapPolicy onGap,
      boolean usesState,
      Function<FleetMember, String> sourceName) {
    this.command = command;
    this.console = console;
    this.options = options;
    this.onGap = onGap;
    this.usesState = usesState;
    this.sourceName = sourceName;
  }

  @Override
  boolean areShared() {
    return false;
  }

  @Override
  Predicate<Path> files() {
    return options.files();
  }

  @Override
  void stop() {
    opened().forEach(Member::stop);
  }

  @Override
  void reopen() {
    for (Member member : opened()) {
      Runnable reopen = member.sink().reopen();
      if (reopen != null) {
        reopen.run();
      }
    }
  }

  @Override
  Member openSink(FleetMember member) throws IOException, InterruptedException {
    @Nullable Path state = usesState ? member.stateDirectory() : null;
    OutputOptions own = options.of(member.name());
    Path database = member.database();
    // An output is made only for a database that is there.
    DatabaseChecks.requirePresent(database);
    try {
      own.check(
          command,
          database,
          sourceName.apply(member),
          state != null ? state : StateDirectory.pathFor(database),
          console);
    } catch (ParameterException e) {
      throw new CaptureException(
          Reason.HANDLER, e.getMessage() + ": give another --output for such names", e);
    }
    Closer closer = new Closer();
    try {
      StreamOpening opening = closer.open(() -> new StreamOpening(database, state));
      options.makeDirectories(member.name());
      Sink sink = closer.open(() -> own.open(command.shell(), console));
      boolean over = opening.open(own.stream(), onGap, console) && usesState;
      if (own.stream() == null) {
        opening.forget();
      }
      return new Member(member, sink, opening, over);
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  @Override
  public void close() {}
}
