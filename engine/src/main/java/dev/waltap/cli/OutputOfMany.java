// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.file.FileOutput;
import dev.waltap.file.OutputPath;
import dev.waltap.file.StandardOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/** The output of several databases: one that they share, or one for each. */
final class OutputOfMany {
  private final OutputOptions options;
  private final String output;
  private final boolean file;
  private @Nullable OutputPath path;

  OutputOfMany(OutputOptions options) {
    List<String> all = options.all();
    this.options = options;
    this.output = all.isEmpty() ? OutputOptions.STANDARD_OUTPUT : all.get(0);
    this.file = OutputOptions.isFile(output);
  }

  /** Whether each of them has an output of its own: requests and topics are never shared. */
  boolean isOwn() {
    return DatabasePattern.isIn(output) || OutputOptions.isAddress(output);
  }

  /** The options of one of them, to be checked and opened for it. */
  OutputOptions of(String database) {
    return options.with(
        file
            ? DatabasePattern.file(output, database)
            : OutputOptions.isAddress(output) ? DatabasePattern.address(output, database) : output);
  }

  /** Makes the directories of one database's file, whose name may have some in it. */
  void makeDirectories(String database) throws IOException {
    if (!file) {
      return;
    }
    Path own = OptionConverters.path(DatabasePattern.file(output, database));
    Path parent = own.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
  }

  /** Says of a file whether it is the output, or that of one of several databases. */
  Predicate<Path> files() {
    return file ? DatabasePattern.files(output) : any -> false;
  }

  /**
   * Refuses what can't go together for several databases, before any file is touched.
   *
   * @param states where their states are; null for beside them
   */
  void check(ShellCommand command, List<Path> databases, @Nullable Path states) throws IOException {
    refuseForMany(command);
    if (isOwn()) {
      return; // Checked for each.
    }
    try {
      options.format().check(command, file);
      options.refuseUnused(command, List.of(output));
      if (file) {
        List<Path> directories = states == null ? List.of() : List.of(states);
        OutputPath shared = new OutputPath(OptionConverters.path(output), databases, directories);
        OutputOptions.resolve(shared);
        path = shared;
      }
    } catch (IllegalArgumentException | TypeConversionException e) {
      throw command.usage(String.valueOf(e.getMessage()));
    }
  }

  private void refuseForMany(ShellCommand command) {
    if (options.format().isSql()) {
      throw command.usage(
          "--format sql is for one database: what it prints is replayed into one copy");
    }
    if (options.format().isChangeset() && !(file && DatabasePattern.isIn(output))) {
      throw command.usage(
          "--format changeset has a directory for each database: write {database} in --output");
    }
    if (options.listens()) {
      throw command.usage("--listen is for one database: capture each by a process of its own");
    }
    if (options.all().size() > 1) {
      throw command.usage(
          "several databases have one --output: give one, with {database} in it for one each, or"
              + " capture each by a process of its own");
    }
  }

  /** Opens what all of them share; after {@link #check}. */
  SharedSink open(Shell shell, Console console) throws IOException {
    FormatOptions format = options.format();
    if (!file) {
      OutputStream out = shell.out();
      return new SharedSink(
          new SharedSink.Lines(
              member -> format.lines(out),
              out instanceof StandardOutput own ? own::stop : () -> {},
              null,
              () -> {}),
          files());
    }
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
