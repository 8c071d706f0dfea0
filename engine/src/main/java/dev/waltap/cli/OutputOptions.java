// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.ChangesHandler;
import dev.waltap.changeset.ChangesetHandler;
import dev.waltap.file.FileOutput;
import dev.waltap.file.OutputPath;
import dev.waltap.file.StandardOutput;
import dev.waltap.handler.OutputRefusedException;
import dev.waltap.http.HttpHandler;
import dev.waltap.io.Closer;
import dev.waltap.output.ClientOutput;
import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where events go, and how they look. */
final class OutputOptions {

  static final String STANDARD_OUTPUT = "-";

  @Mixin private FormatOptions format = new FormatOptions();

  @Option(
      names = "--output",
      paramLabel = "-|FILE|URL",
      description =
          "Standard output; a file, appended to, synced, and reopened on SIGHUP; an http(s)"
              + " address that gets POSTs of {\"changes\":[...]}; or a broker:"
              + " kafka://HOST:PORT,HOST:PORT, nats://HOST:PORT, redis://HOST:PORT (-). Repeatable: each"
              + " gets all changes, which count as delivered when the last one has them; Kafka only"
              + " once. With many databases, {database} in it stands for the name of each.")
  private List<String> outputs = new ArrayList<>();

  @Mixin private HttpOptions httpOptions = new HttpOptions();
  @Mixin private ClientOptions clientOptions = new ClientOptions();
  @Mixin private ListenOptions listenOptions = new ListenOptions();

  /** Made by {@link #check}, which is where bad headers are found. */
  private final List<Destination> destinations = new ArrayList<>();

  /** Whether these are some of many outputs. */
  private boolean isPart;

  /** The one of them that keeps positions. */
  private @Nullable StreamOutput stream;

  /** Refuses what can't go together, before any file is touched. */
  void check(ShellCommand command, Path database, String name, Path stateDirectory, Console console)
      throws IOException {
    List<String> all = all();
    try {
      format.check(
          command,
          listenOptions.isGiven() || all.stream().anyMatch(each -> !each.equals(STANDARD_OUTPUT)));
      if (!isPart) {
        refuseUnused(command, all);
      }
      SameOutput.refuse(all);
      for (String output : all) {
        destinations.add(destination(output, command, database, name, stateDirectory, console));
      }
      if (listenOptions.isGiven()) {
        destinations.add(listenOptions.prepare(command, format, console));
      }
    } catch (IllegalArgumentException | TypeConversionException e) {
      throw command.usage(String.valueOf(e.getMessage()));
    }
  }

  /** All that were asked for, but {@code --listen}; standard output where nothing was. */
  List<String> all() {
    boolean none = outputs.isEmpty() && !listenOptions.isGiven() && !isPart;
    return none ? List.of(STANDARD_OUTPUT) : outputs;
  }

  /** Whether events are served, too. */
  boolean listens() {
    return listenOptions.isGiven();
  }

  /** The same with other outputs alone, to be checked and opened; they may be none. */
  OutputOptions with(List<String> some) {
    OutputOptions own = new OutputOptions();
    own.format = format;
    own.httpOptions = httpOptions;
    own.clientOptions = clientOptions;
    own.outputs.addAll(some);
    own.isPart = true;
    return own;
  }

  ListenOptions listen() {
    return listenOptions;
  }

  FormatOptions format() {
    return format;
  }

  /** Whether that is no file, nor standard output. */
  static boolean isAddress(String output) {
    return HttpOptions.isAddress(output) || ClientOptions.isAddress(output);
  }

  static boolean isFile(String output) {
    return !isAddress(output) && !output.equals(STANDARD_OUTPUT);
  }

  /** Refuses options on the command line that would do nothing. */
  void refuseUnused(ShellCommand command, List<String> all) {
    boolean http = all.stream().anyMatch(HttpOptions::isAddress);
    boolean clients = all.stream().anyMatch(ClientOptions::isAddress);
    boolean kafka = all.stream().anyMatch(ClientOptions::isKafka);
    boolean others =
        all.stream()
            .anyMatch(each -> ClientOptions.isAddress(each) && !ClientOptions.isKafka(each));
    httpOptions.refuseFor(command, http, others, clients);
    clientOptions.refuseFor(command, clients, kafka);
    if (!listenOptions.isGiven()) {
      listenOptions.refuseFor(command);
    }
  }

  private Destination destination(
      String output,
      ShellCommand command,
      Path database,
      String name,
      Path stateDirectory,
      Console console)
      throws IOException {
    if (ClientOptions.isAddress(output)) {
      ClientOutput prepared = client(output, command, name, console);
      return (shell, to) -> new Sink(prepared, prepared::stop, null, prepared);
    }
    if (HttpOptions.isAddress(output)) {
      if (!format.isJson()) {
        throw command.usage("only --format json and debezium are for HTTP");
      }
      HttpHandler handler = httpOptions.open(output, command, format.batches(), console);
      return (shell, to) -> new Sink(handler, handler::close, null, () -> {});
    }
    if (output.equals(STANDARD_OUTPUT)) {
      if (format.isChangeset()) {
        throw command.usage("--format changeset is for a directory of files: give --output DIR");
      }
      return this::openStandardOutput;
    }
    OutputPath path = file(output, database, stateDirectory);
    return format.isChangeset()
        ? (shell, to) -> openDirectory(path, to)
        : (shell, to) -> openFile(path, to);
  }

  private static Sink openDirectory(OutputPath path, Console console) throws IOException {
    ChangesetHandler opened = ChangesetHandler.open(path.resolve(), console::warning);
    return new Sink(opened, () -> {}, null, opened);
  }

  /** Whether what is written must be whole rows. */
  boolean needsWholeRows() {
    return format.isChangeset();
  }

  private ClientOutput client(String output, ShellCommand command, String name, Console console)
      throws IOException {
    if (!format.isJson()) {
      throw command.usage("only --format json and debezium are for Kafka, NATS and Redis");
    }
    ClientOutput prepared = clientOptions.prepare(output, name, format, httpOptions, console);
    if (prepared instanceof StreamOutput keeping) {
      if (stream != null) {
        throw command.usage(
            "--output kafka:// can be given once, since the position is kept there: list all"
                + " brokers of one cluster in it, or run another capture with a state of its own");
      }
      stream = keeping;
    }
    return prepared;
  }

  /** The output that keeps positions, if one does; after {@link #check}. */
  @Nullable StreamOutput stream() {
    return stream;
  }

  /** Says what is known of the stream that goes on, before its first change. */
  void begin(Optional<SavedStream> known) {
    listenOptions.begin(known, stream == null);
  }

  /** Whether an output wants to know of the stream that goes on, but keeps no position itself. */
  boolean asksForStream() {
    return listenOptions.isGiven();
  }

  /** Opens all of them; the caller closes them after the capture. */
  Sink open(Shell shell, Console console) throws IOException {
    return Sink.open(destinations, shell, console);
  }

  /**
   * Reads what requests and clients have to send again, as other options say it.
   *
   * @param refused gets the names of options that can't take effect
   * @return what makes it take effect
   */
  List<Runnable> renewals(
      OutputOptions other, ShellCommand command, Console console, Set<String> refused)
      throws IOException {
    List<Runnable> all = new ArrayList<>();
    all.add(httpOptions.renewal(other.httpOptions, command, console));
    Runnable token = listenOptions.renewal(other.listenOptions, command, console);
    if (token != null) {
      all.add(token);
    } else if (listenOptions.hasToken() != other.listenOptions.hasToken()) {
      refused.add(ListenOptions.TOKEN);
    }
    return all;
  }

  private Sink openStandardOutput(Shell shell, Console console) {
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

  private Sink openFile(OutputPath path, Console console) throws IOException {
    Closer closer = new Closer();
    try {
      FileOutput opened =
          closer.open(
              () -> FileOutput.open(path, format.lineFormat(), console::note, console::warning));
      return new Sink(
          format.lines(opened), opened::stop, () -> reopen(opened, path, console), opened);
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  /** Says whether it could be; if not, that was reported. */
  boolean reopen(FileOutput output, OutputPath path, Console console) {
    try {
      output.reopen();
      if (isPart) {
        // One of as many as there are databases, for which a line is enough.
        console.detail("output " + path.name() + " reopened");
      } else {
        console.note(
            outputs.size() > 1 ? "output " + path.name() + " reopened" : "output reopened");
      }
      return true;
    } catch (IOException e) {
      console.warning(
          "the output can't be reopened: "
              + e.getMessage()
              + "; then let another SIGHUP reopen it");
      return false;
    }
  }

  private static OutputPath file(String output, Path database, Path stateDirectory) {
    OutputPath path = OutputPath.beside(OptionConverters.path(output), database, stateDirectory);
    resolve(path);
    return path;
  }

  static void resolve(OutputPath path) {
    try {
      path.resolve();
    } catch (OutputRefusedException e) {
      throw new IllegalArgumentException("--output " + e.getMessage(), e);
    }
  }
}
