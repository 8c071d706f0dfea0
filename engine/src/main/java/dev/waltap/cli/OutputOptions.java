// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.ChangesHandler;
import dev.waltap.file.FileOutput;
import dev.waltap.file.OutputPath;
import dev.waltap.file.StandardOutput;
import dev.waltap.handler.OutputRefusedException;
import dev.waltap.http.HttpHandler;
import dev.waltap.io.Closer;
import dev.waltap.output.StreamOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where events go, and how they look. */
final class OutputOptions {

  @Mixin private FormatOptions format = new FormatOptions();

  @Option(
      names = "--output",
      paramLabel = "-|FILE|URL",
      description =
          "Standard output; a file, appended to, synced, and reopened on SIGHUP; an http(s)"
              + " address that gets POSTs of {\"changes\":[...]}; or Kafka, as"
              + " kafka://HOST:PORT,HOST:PORT (-). With many databases, {database} in it stands for"
              + " the name of each.")
  private String output = "-";

  @Mixin private HttpOptions httpOptions = new HttpOptions();
  @Mixin private KafkaOptions kafkaOptions = new KafkaOptions();

  /** Made by {@link #check}, which is where bad headers are found. */
  private @Nullable HttpHandler http;

  /** Made by {@link #check}, too. */
  private @Nullable OutputPath file;

  /** Made by {@link #check}, too. */
  private @Nullable StreamOutput stream;

  /** Refuses what can't go together, before any file is touched. */
  void check(ShellCommand command, Path database, String name, Path stateDirectory, Console console)
      throws IOException {
    try {
      format.check(command, !output.equals("-"));
      if (KafkaOptions.isAddress(output)) {
        httpOptions.refuseFor(command, false);
        stream = openStream(command, name, console);
        return;
      }
      kafkaOptions.refuseFor(command);
      if (HttpOptions.isAddress(output)) {
        if (!format.isJson()) {
          throw command.usage("--format text is not for HTTP, where changes are JSON");
        }
        http = httpOptions.open(output, command, format.batches(), console);
        return;
      }
      httpOptions.refuseFor(command, true);
      if (!output.equals("-")) {
        file = file(database, stateDirectory);
      }
    } catch (IllegalArgumentException | TypeConversionException e) {
      throw command.usage(String.valueOf(e.getMessage()));
    }
  }

  private StreamOutput openStream(ShellCommand command, String name, Console console)
      throws IOException {
    if (!format.isJson()) {
      throw command.usage("only --format json and debezium are for Kafka");
    }
    return kafkaOptions.prepare(
        output,
        name,
        format.messages(),
        format.isDebezium(),
        httpOptions.timeout(),
        httpOptions.maxRetries(),
        console);
  }

  /** Whether each of several databases has an output of its own: requests are never shared. */
  boolean isOfOne() {
    return DatabasePattern.isIn(output)
        || KafkaOptions.isAddress(output)
        || HttpOptions.isAddress(output);
  }

  /** The same for one of several databases, to be checked and opened for it. */
  OutputOptions of(String database) {
    OutputOptions own = new OutputOptions();
    own.format = format;
    own.httpOptions = httpOptions;
    own.kafkaOptions = kafkaOptions;
    boolean address = HttpOptions.isAddress(output) || KafkaOptions.isAddress(output);
    own.output =
        address
            ? DatabasePattern.address(output, database)
            : DatabasePattern.file(output, database);
    return own;
  }

  /** Makes the directories of one database's file, whose name may have some in it. */
  void makeDirectories() throws IOException {
    OutputPath path = file;
    Path parent = path == null ? null : path.given().toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
  }

  /** Whether events are in JSON. */
  boolean isJson() {
    return format.isJson();
  }

  /** Where events would go, for people. */
  String describe() {
    boolean address = HttpOptions.isAddress(output) || KafkaOptions.isAddress(output);
    return output.equals("-")
        ? "standard output"
        : address ? output.replaceFirst("(?s)^(\\w+://)([^/@]*@)?([^/?#]*).*", "$1$3") : output;
  }

  /** Why events can't be written where they would go, as far as files say; null if they can. */
  @Nullable String problem() {
    boolean address = HttpOptions.isAddress(output) || KafkaOptions.isAddress(output);
    if (address || output.equals("-")) {
      return null;
    }
    Path path = OptionConverters.path(output).toAbsolutePath();
    if (Files.isDirectory(path)) {
      return output + " is a directory: name a file in it";
    }
    if (Files.exists(path)) {
      return Files.isWritable(path)
          ? null
          : output + " is not writable for this user: grant access";
    }
    Path parent = path.getParent();
    if (parent == null || DatabasePattern.isIn(output)) {
      return null;
    }
    return Files.isDirectory(parent) && Files.isWritable(parent)
        ? null
        : output
            + " can't be made: "
            + parent
            + " is no directory that this user may write to:"
            + " make it, or grant access";
  }

  /** Says of a file whether it is the output, or that of one of several databases. */
  Predicate<Path> files() {
    boolean address = HttpOptions.isAddress(output) || KafkaOptions.isAddress(output);
    return address || output.equals("-") ? file -> false : DatabasePattern.files(output);
  }

  /**
   * Refuses what can't go together for several databases, before any file is touched.
   *
   * @param states where their states are; null for beside them
   */
  void checkForMany(ShellCommand command, List<Path> databases, @Nullable Path states)
      throws IOException {
    if (format.isSql()) {
      throw command.usage(
          "--format sql is for one database: what it prints is replayed into one copy");
    }
    if (isOfOne()) {
      return; // Checked for each.
    }
    try {
      format.check(command, !output.equals("-"));
      kafkaOptions.refuseFor(command);
      httpOptions.refuseFor(command, true);
      if (!output.equals("-")) {
        List<Path> directories = states == null ? List.of() : List.of(states);
        OutputPath path = new OutputPath(OptionConverters.path(output), databases, directories);
        resolve(path);
        file = path;
      }
    } catch (IllegalArgumentException | TypeConversionException e) {
      throw command.usage(String.valueOf(e.getMessage()));
    }
  }

  /** Opens what several databases share; after {@link #checkForMany}. */
  SharedSink openShared(Shell shell, Console console) throws IOException {
    if (output.equals("-")) {
      OutputStream out = shell.out();
      return new SharedSink(
          new SharedSink.Lines(
              member -> format.lines(out),
              out instanceof StandardOutput own ? own::stop : () -> {},
              null,
              () -> {}),
          files());
    }
    OutputPath path = file == null ? OutputPath.of(OptionConverters.path(output)) : file;
    FileOutput opened = FileOutput.open(path, format.lineFormat(), console::note, console::warning);
    return new SharedSink(
        new SharedSink.Lines(
            member -> format.lines(opened), opened::stop, () -> reopen(opened, console), opened),
        files());
  }

  /** The output if it is one that keeps positions; after {@link #check}. */
  @Nullable StreamOutput stream() {
    return stream;
  }

  /** Opens it; the caller closes it after the capture. */
  Sink open(Shell shell, Console console) throws IOException {
    StreamOutput prepared = stream;
    if (prepared != null) {
      return new Sink(prepared, prepared::stop, null, prepared);
    }
    HttpHandler handler = http;
    if (handler != null) {
      return new Sink(handler, handler::close, null, () -> {});
    }
    if (output.equals("-")) {
      OutputStream out = shell.out();
      ChangesHandler lines = format.lines(out);
      // Bar and events may share one terminal.
      return new Sink(
          changes -> {
            console.clearBar();
            lines.handleChanges(changes);
          },
          out instanceof StandardOutput own ? own::stop : () -> {},
          null,
          () -> {});
    }
    return openFile(console);
  }

  private Sink openFile(Console console) throws IOException {
    OutputPath path = file == null ? OutputPath.of(OptionConverters.path(output)) : file;
    Closer closer = new Closer();
    try {
      FileOutput opened =
          closer.open(
              () -> FileOutput.open(path, format.lineFormat(), console::note, console::warning));
      return new Sink(format.lines(opened), opened::stop, () -> reopen(opened, console), opened);
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private static void reopen(FileOutput output, Console console) {
    try {
      output.reopen();
      console.note("output reopened");
    } catch (IOException e) {
      console.warning(
          "the output can't be reopened: "
              + e.getMessage()
              + ": put that right, and send SIGHUP again");
    }
  }

  private OutputPath file(Path database, Path stateDirectory) {
    OutputPath path = OutputPath.beside(OptionConverters.path(output), database, stateDirectory);
    resolve(path);
    return path;
  }

  private static void resolve(OutputPath path) {
    try {
      path.resolve();
    } catch (OutputRefusedException e) {
      throw new IllegalArgumentException("--output " + e.getMessage(), e);
    }
  }
}
