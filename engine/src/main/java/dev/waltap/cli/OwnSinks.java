// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.FleetMember;
import dev.waltap.api.GapPolicy;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.io.Closer;
import dev.waltap.listen.DatabaseEvents;
import dev.waltap.listen.EventServer;
import dev.waltap.state.StateDirectory;
import dev.waltap.text.Plural;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/**
 * Outputs of its own for each database: its file, its requests, its topics; and, where there are
 * several, those that all share, and events that are served. What fails of the shared ones fails
 * for all databases.
 */
final class OwnSinks extends MemberSinks {
  private final ShellCommand command;
  private final Console console;
  private final OutputOfMany options;
  private final GapPolicy onGap;
  private final boolean usesState;
  private final Function<FleetMember, String> sourceName;
  private final Closer closer = new Closer();
  private List<SharedSink> shared = List.of();
  private @Nullable EventServer server;
  private final Set<Throwable> failures = ConcurrentHashMap.newKeySet();

  private OwnSinks(
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

  /**
   * Outputs by these options, which have been checked. Those that all share are opened.
   *
   * @param usesState whether the command moves saved positions
   * @param sourceName what the changes of a member say that their database is
   */
  static OwnSinks open(
      ShellCommand command,
      Console console,
      OutputOfMany options,
      GapPolicy onGap,
      boolean usesState,
      Function<FleetMember, String> sourceName)
      throws IOException {
    OwnSinks sinks = new OwnSinks(command, console, options, onGap, usesState, sourceName);
    try {
      sinks.shared = options.openShared(command.shell(), console, sinks.closer);
      ListenOptions.Place place = options.checkListening(command, console);
      if (place != null) {
        sinks.server = sinks.closer.open(() -> options.listen(place, console));
      }
      return sinks;
    } catch (Throwable e) {
      sinks.closer.closeAfter(e);
      throw e;
    }
  }

  @Override
  boolean areShared() {
    return false;
  }

  @Override
  boolean isShared(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (failures.contains(each)) {
        return true;
      }
    }
    return false;
  }

  @Override
  Predicate<Path> files() {
    return options.files();
  }

  @Override
  void stop() {
    opened().forEach(Member::stop);
    shared.forEach(SharedSink::stop);
  }

  @Override
  void reopen() {
    shared.forEach(SharedSink::reopen);
    int reopened = 0;
    for (Member member : opened()) {
      BooleanSupplier reopen = member.sink().reopen();
      if (reopen != null && reopen.getAsBoolean()) {
        reopened++;
      }
    }
    if (reopened > 0) {
      console.note("output files of " + Plural.of(reopened, "open database") + " reopened");
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
      EventServer serving = server;
      if (serving != null) {
        DatabaseEvents events = serving.of(sourceName.apply(member), options.rendering());
        ListenOptions.begin(events, opening.known(), own.stream() == null);
        return new Member(member, together(member, sink, events), opening, over);
      }
      if (own.stream() == null) {
        opening.forget();
      }
      return new Member(
          member, shared.isEmpty() ? sink : together(member, sink, null), opening, over);
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /** What all share first, then its own, then those who listen. */
  private Sink together(FleetMember member, Sink own, @Nullable DatabaseEvents events) {
    List<ChangesHandler> handlers = new ArrayList<>();
    for (SharedSink each : shared) {
      handlers.add(noting(each.handler(member)));
    }
    handlers.add(own.handler());
    if (events != null) {
      handlers.add(events);
    }
    return new Sink(new Sink.InTurn(handlers), own.stop(), own.reopen(), own);
  }

  /** A failure of what all share is known again, though each database reports it as its own. */
  private ChangesHandler noting(ChangesHandler handler) {
    return new ChangesHandler() {
      @Override
      public void handleChanges(List<Change> batch) throws Exception {
        try {
          handler.handleChanges(batch);
        } catch (Exception e) {
          failures.add(e);
          throw e;
        }
      }

      @Override
      public void flush() throws Exception {
        try {
          handler.flush();
        } catch (Exception e) {
          failures.add(e);
          throw e;
        }
      }
    };
  }

  @Override
  public void close() throws IOException {
    closer.close();
  }
}
