// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberOutput;
import dev.waltap.api.WakeSignal;
import dev.waltap.attach.DatabaseChecks;
import dev.waltap.fleet.CaptureFactory;
import dev.waltap.fleet.DatabaseSource;
import dev.waltap.fleet.FleetEngine;
import dev.waltap.fleet.FleetOptions;
import dev.waltap.fleet.OpenLimit;
import dev.waltap.fleet.SharedOutput;
import dev.waltap.io.FileNames;
import dev.waltap.memory.MemoryPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Describes captures of many databases; made by {@link Waltap#fleet}. Every option is checked where
 * it is given, and throws {@link IllegalArgumentException} in words. For one thread.
 */
public final class FleetBuilder {
  /** What is to be replaced by a member's name. */
  private static final String DATABASE = "{database}";

  private final List<DatabaseSource> sources = new ArrayList<>();
  private @Nullable Path stateRoot;
  private boolean noState;
  private int maxOpen = OpenLimit.ofProcess();
  private Duration idleAfter = Duration.ofSeconds(10);
  private boolean once;
  private MemberOutput.Opening outputs = new SharedOutput(member -> FleetBuilder::noHandler);
  private Predicate<Throwable> shared = failure -> true;
  private Predicate<Path> ours = file -> false;
  private BiConsumer<FleetMember, CaptureBuilder> each = (member, builder) -> {};
  private String sourceName = DATABASE;
  private FleetListener listener = new LoggingFleetListener();

  FleetBuilder() {}

  /** Captures these database files, too; they need not be there yet. */
  public FleetBuilder databases(Path... files) {
    for (Path file : files) {
      sources.add(DatabaseSource.file(Objects.requireNonNull(file, "file")));
    }
    return this;
  }

  /**
   * Captures the database files that such a glob finds, too, as a shell expands it; those that
   * appear while the fleet runs as well.
   */
  public FleetBuilder glob(String glob) {
    check(DatabaseSource.isGlob(glob), "'" + glob + "' has no * or ? in it: name it as a database");
    sources.add(DatabaseSource.glob(glob));
    return this;
  }

  /**
   * Captures the database files in a directory, those that appear while the fleet runs as well.
   *
   * @param match a glob that the last name must match; one with a slash in it, the path below the
   *     directory
   * @param recursive whether directories below it are looked into, too
   */
  public FleetBuilder directory(Path directory, String match, boolean recursive) {
    check(
        sources.stream().allMatch(DatabaseSource::named),
        "there is a directory already: one fleet looks into one");
    sources.add(DatabaseSource.directory(directory, match, recursive));
    return this;
  }

  /**
   * Keeps the state of each below this directory, by its path below the directory it was found in,
   * else by its name and a hash of its real path ({@code DB-waltap} beside those for which setup
   * has made it).
   */
  public FleetBuilder stateRoot(Path directory) {
    this.stateRoot = Objects.requireNonNull(directory, "directory");
    return this;
  }

  /** Keeps no state, even where setup has made it. */
  public FleetBuilder noState() {
    this.noState = true;
    return this;
  }

  /**
   * Has at most so many captures open at once (as file descriptors and heap allow, at most 500).
   * Where there are more databases, those that are idle are parked: closed, and opened again once
   * they are written to; that takes state.
   */
  public FleetBuilder maxOpen(int captures) {
    check(captures >= 1, "1 capture or more has to be open, not " + captures);
    this.maxOpen = captures;
    return this;
  }

  /** How long nothing must be written to a database until it is parked (10 seconds). */
  public FleetBuilder idleAfter(Duration time) {
    check(!time.isNegative(), "the time must be zero or more, not " + time);
    this.idleAfter = time;
    return this;
  }

  /** Whether the fleet ends when all have caught up (false); needs state. */
  public FleetBuilder once(boolean endWhenCaughtUp) {
    this.once = endWhenCaughtUp;
    return this;
  }

  /**
   * Hands the changes of all to this handler, one call at a time. Its failure ends the fleet, since
   * none could go on.
   */
  public FleetBuilder handler(ChangesHandler handler) {
    Objects.requireNonNull(handler, "handler");
    return sharedOutput(new SharedOutput(member -> handler));
  }

  /** As {@link #handler}, by an output that all members share. */
  public FleetBuilder sharedOutput(MemberOutput.Opening output) {
    this.outputs = Objects.requireNonNull(output, "output");
    this.shared = failure -> true;
    return this;
  }

  /** Gives each an output of its own. One that fails is the failure of its database alone. */
  public FleetBuilder outputs(MemberOutput.Opening opening) {
    return outputs(opening, failure -> false);
  }

  /**
   * Gives each an output that is its own in part.
   *
   * @param shared says of a failure whether it is of what all share, and ends the fleet therefore;
   *     asked by the thread that runs it
   */
  public FleetBuilder outputs(MemberOutput.Opening opening, Predicate<Throwable> shared) {
    this.outputs = Objects.requireNonNull(opening, "opening");
    this.shared = Objects.requireNonNull(shared, "shared");
    return this;
  }

  /** Says which files are no databases, though they match: outputs in the same directory. */
  public FleetBuilder ignoring(Predicate<Path> files) {
    this.ours = Objects.requireNonNull(files, "files");
    return this;
  }

  /**
   * Sets the options of each capture, when it is opened: tables, guard, batch size and so on. State
   * directory, handler and listener are the fleet's. All that are open share a quarter of the heap
   * for page sets and queues; one that is given {@link CaptureBuilder#pageSetMemory} or {@link
   * CaptureBuilder#queueBytes} here has as much as that, beside it.
   *
   * @param options called by a member's thread, by several at once, each time it is opened, and by
   *     the fleet's own thread to see whether a database that was parked by an earlier run has to
   *     be opened at all: more often, therefore, than captures are made. So it should be quick, and
   *     set the same each time
   */
  public FleetBuilder each(BiConsumer<FleetMember, CaptureBuilder> options) {
    this.each = Objects.requireNonNull(options, "options");
    return this;
  }

  /** What {@code source.database} of each change says; {@code {database}} is the member's name. */
  public FleetBuilder sourceName(String pattern) {
    check(
        pattern.contains(DATABASE),
        "the source's name of several databases must have {database} in it: without it, all of"
            + " them would have the same name");
    this.sourceName = pattern;
    return this;
  }

  /** Notifies this listener of how it goes (one that logs through {@link System.Logger}). */
  public FleetBuilder listener(FleetListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Makes the fleet, which then has to be closed. Nothing is looked at before it runs.
   *
   * @throws IllegalArgumentException if the options contradict each other
   */
  public Fleet build() {
    DatabaseChecks.requireSupportedSystem();
    check(!sources.isEmpty(), "a fleet needs databases: name some, or a directory");
    check(!(noState && stateRoot != null), "state below a directory, and none, exclude each other");
    return new FleetEngine(
        new FleetOptions(
            List.copyOf(sources),
            stateRoot,
            noState,
            maxOpen,
            idleAfter,
            once,
            outputs,
            shared,
            ours,
            new Captures(MemoryPool.ofHeap()),
            listener));
  }

  /** Makes them by the options as they are then. */
  private final class Captures implements CaptureFactory {
    private final MemoryPool memory;

    Captures(MemoryPool memory) {
      this.memory = memory;
    }

    @Override
    public Opened open(
        FleetMember member,
        MemberOutput output,
        UnaryOperator<WakeSignal> signals,
        CaptureListener notified) {
      return capture(memory, member, output, signals, notified);
    }

    @Override
    public @Nullable String selection(FleetMember member) {
      CaptureBuilder builder = Waltap.open(member.database());
      try {
        each.accept(member, builder);
      } catch (RuntimeException e) {
        return null; // It is the failure of this member, as soon as that is opened.
      }
      return selectionOf(builder.options());
    }
  }

  private static @Nullable String selectionOf(CaptureOptions chosen) {
    return chosen.rebootstrap()
        ? null
        : chosen.tables() + "\n" + chosen.excludeTables() + "\n" + chosen.excludeColumns();
  }

  private CaptureFactory.Opened capture(
      MemoryPool memory,
      FleetMember member,
      MemberOutput output,
      UnaryOperator<WakeSignal> signals,
      CaptureListener notified) {
    CaptureBuilder builder = Waltap.open(member.database());
    builder.share(memory);
    each.accept(member, builder);
    Path state = member.stateDirectory();
    if (once && state == null) {
      throw new CaptureException(
          Reason.REFUSED,
          FileNames.text(member.database())
              + ": has no state, so that there is nothing to catch up with: run 'waltap setup' for"
              + " it, or give --state");
    }
    if (state == null) {
      builder.noState();
    } else {
      builder.stateDirectory(state);
    }
    builder
        .sourceName(sourceName.replace(DATABASE, member.name()))
        .handler(output.handler())
        .listener(notified)
        .wrapSignal(signals);
    if (output.startsOver()) {
      builder.rebootstrap(true);
    }
    String selection = selectionOf(builder.options());
    return new CaptureFactory.Opened(builder.once(once).engine(), selection);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static void noHandler(List<Change> changes) {
    throw new IllegalStateException("this fleet was built without a handler to take its changes");
  }
}
