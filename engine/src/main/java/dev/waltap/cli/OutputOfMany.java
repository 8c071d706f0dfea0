// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.file.FileOutput;
import dev.waltap.file.OutputPath;
import dev.waltap.file.StandardOutput;
import dev.waltap.io.Closer;
import dev.waltap.listen.DatabaseEvents;
import dev.waltap.listen.EventServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/** The outputs of several databases: some that they share, some that each has of its own. */
final class OutputOfMany {
  private final OutputOptions options;
  private final List<String> own;
  private final List<String> shared;

  /** Of the files among the shared ones, once they are checked. */
  private final Map<String, OutputPath> paths = new HashMap<>();

  OutputOfMany(OutputOptions options) {
    this.options = options;
    this.own = options.all().stream().filter(OutputOfMany::isOwn).toList();
    this.shared = options.all().stream().filter(each -> !isOwn(each)).toList();
  }

  /** Whether each of them has an output of its own: requests and topics are never shared. */
  private static boolean isOwn(String output) {
    return DatabasePattern.isIn(output) || OutputOptions.isAddress(output);
  }

  /** Whether there is but one output, which all share. */
  boolean isOneShared() {
    return own.isEmpty() && shared.size() == 1 && !options.listens();
  }

  /** The options of one of them, to be checked and opened for it. */
  OutputOptions of(String database) {
    return options.with(
        own.stream()
            .map(
                each ->
                    OutputOptions.isAddress(each)
                        ? DatabasePattern.address(each, database)
                        : DatabasePattern.file(each, database))
            .toList());
  }

  /** Makes the directories of one database's files, whose name may have some in it. */
  void makeDirectories(String database) throws IOException {
    for (String each : own) {
      Path parent =
          OutputOptions.isFile(each)
              ? OptionConverters.path(DatabasePattern.file(each, database))
                  .toAbsolutePath()
                  .getParent()
              : null;
      if (parent != null) {
        Files.createDirectories(parent);
      }
    }
  }

  /** Says of a file whether it is an output, or that of one of several databases. */
  Predicate<Path> files() {
    List<Predicate<Path>> all = new ArrayList<>();
    for (String each : options.all()) {
      if (OutputOptions.isFile(each)) {
        all.add(DatabasePattern.files(each));
      }
    }
    return file -> all.stream().anyMatch(each -> each.test(file));
  }

  /**
   * Refuses what can't go together for several databases, before any file is touched.
   *
   * @param states where their states are; null for beside them
   */
  void check(ShellCommand command, List<Path> databases, @Nullable Path states) throws IOException {
    refuseForMany(command);
    List<String> all = options.all();
    try {
      options
          .format()
          .check(
              command,
              options.listens()
                  || all.stream().anyMatch(each -> !each.equals(OutputOptions.STANDARD_OUTPUT)));
      options.refuseUnused(command, all);
      SameOutput.refuse(all);
      for (String each : shared) {
        if (OutputOptions.isFile(each)) {
          List<Path> directories = states == null ? List.of() : List.of(states);
          OutputPath path = new OutputPath(OptionConverters.path(each), databases, directories);
          OutputOptions.resolve(path);
          paths.put(each, path);
        }
      }
    } catch (IllegalArgumentException | TypeConversionException e) {
      throw command.usage(String.valueOf(e.getMessage()));
    }
  }

  /** Refuses a place to listen at, or a token, that can't be right; null for not to listen. */
  ListenOptions.@Nullable Place checkListening(ShellCommand command, Console console)
      throws IOException {
    try {
      return options.listens() ? options.listen().check(command, options.format(), console) : null;
    } catch (IllegalArgumentException e) {
      throw command.usage(String.valueOf(e.getMessage()));
    }
  }

  /** Begins to serve the changes of all; the caller closes it. */
  EventServer listen(ListenOptions.Place place, Console console) throws IOException {
    return options.listen().open(place, null, console);
  }

  /** What gives the messages of one of them that are served. */
  DatabaseEvents.Rendering rendering() {
    return options.format().objects()::of;
  }

  private void refuseForMany(ShellCommand command) {
    if (options.format().isSql()) {
      throw command.usage(
          "--format sql is for one database: what it prints is replayed into one copy");
    }
    if (options.format().isChangeset() && !options.all().stream().allMatch(DatabasePattern::isIn)) {
      throw command.usage(
          "--format changeset has a directory for each database: write {database} in --output");
    }
  }

  /** Opens the one that all share; after {@link #check}. */
  SharedSink open(Shell shell, Console console) throws IOException {
    return open(shared.get(0), shell, console);
  }

  /** Opens each of those that all share, after {@link #check}; the closer closes them. */
  List<SharedSink> openShared(Shell shell, Console console, Closer closer) throws IOException {
    List<SharedSink> opened = new ArrayList<>();
    for (String each : shared) {
      opened.add(closer.open(() -> open(each, shell, console)));
    }
    return opened;
  }

  private SharedSink open(String output, Shell shell, Console console) throws IOException {
    FormatOptions format = options.format();
    if (!OutputOptions.isFile(output)) {
      OutputStream out = shell.out();
      return new SharedSink(
          new SharedSink.Lines(
              member -> format.lines(out),
              out instanceof StandardOutput own ? own::stop : () -> {},
              null,
              () -> {}),
          files());
    }
    OutputPath path = paths.get(output);
    OutputPath checked = path == null ? OutputPath.of(OptionConverters.path(output)) : path;
    FileOutput opened =
        FileOutput.open(checked, format.lineFormat(), console::note, console::warning);
    return new SharedSink(
        new SharedSink.Lines(
            member -> format.lines(opened),
            opened::stop,
            () -> options.reopen(opened, checked, console),
            opened),
        files());
  }
}
