package dev.waltap.cli;

import dev.waltap.api.ChangesHandler;
import dev.waltap.handler.BlobFormat;
import dev.waltap.handler.FileOutput;
import dev.waltap.handler.HttpHandler;
import dev.waltap.handler.HttpTarget;
import dev.waltap.handler.JsonLinesHandler;
import dev.waltap.handler.LineFormat;
import dev.waltap.handler.OutputPath;
import dev.waltap.handler.OutputRefusedException;
import dev.waltap.handler.TextHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where events go, and how they look. */
final class OutputOptions {

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  private static final int DEFAULT_RETRIES = 10;

  @Option(
      names = "--format",
      paramLabel = "json|text",
      description = "JSON lines, or '<timestamp>: <table> <operation>' (json).")
  private EventFormat format = EventFormat.JSON;

  @Option(
      names = "--blobs",
      paramLabel = "hex|base64|omit",
      description = "How BLOB values appear (hex, upper case); never omitted from keys.")
  private BlobFormat blobs = BlobFormat.HEX;

  @Option(
      names = "--output",
      paramLabel = "-|FILE|URL",
      description =
          "Standard output; a file, appended to and synced with each batch; or an http(s) address"
              + " that gets POSTs of {\"changes\":[...]} (-).")
  private String output = "-";

  @Option(
      names = "--header",
      paramLabel = "'NAME: VALUE'",
      description = "For HTTP: a header of each request; repeatable.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "For HTTP: how long an attempt may take, as 500ms, 10s, 2m (30s).")
  private @Nullable Duration timeout;

  @Option(
      names = "--max-retries",
      paramLabel = "N",
      description = "For HTTP: how often to try again what may pass (10).")
  private @Nullable Integer maxRetries;

  /** Made by {@link #check}, which is where bad headers are found. */
  private @Nullable HttpHandler http;

  /** Made by {@link #check}, too. */
  private @Nullable OutputPath file;

  /** Refuses what can't go together, before any file is touched. */
  void check(ShellCommand command, Path database, Path stateDirectory) {
    if (isHttp()) {
      if (format == EventFormat.TEXT) {
        throw command.usage("--format text is not for HTTP, where changes are JSON");
      }
      checked(command, () -> http = http());
      return;
    }
    if (!headers.isEmpty() || timeout != null || maxRetries != null) {
      throw command.usage(
          "--header, --timeout and --max-retries are for HTTP: give --output http(s)://...");
    }
    if (!output.equals("-")) {
      checked(command, () -> file = file(database, stateDirectory));
    }
  }

  /** Opens it; the caller closes it after the capture. */
  Sink open(Shell shell, Console console) throws IOException {
    HttpHandler handler = http;
    if (handler != null) {
      return new Sink(handler, handler::close, null, () -> {});
    }
    if (output.equals("-")) {
      OutputStream out = shell.out();
      // Bar and events may share one terminal.
      return new Sink(
          changes -> {
            console.clearBar();
            lines(out).handleChanges(changes);
          },
          () -> {},
          null,
          () -> {});
    }
    FileOutput opened =
        FileOutput.open(
            file == null ? OutputPath.of(Words.path(output)) : file,
            format == EventFormat.TEXT ? LineFormat.TEXT : LineFormat.JSON,
            console::note,
            console::warning);
    return new Sink(lines(opened), () -> {}, () -> reopen(opened, console), opened);
  }

  private static void reopen(FileOutput output, Console console) {
    try {
      output.reopen();
      console.note("output reopened");
    } catch (IOException e) {
      console.warning("the output can't be reopened: " + e.getMessage());
    }
  }

  private ChangesHandler lines(OutputStream out) {
    return format == EventFormat.TEXT ? new TextHandler(out) : new JsonLinesHandler(out, blobs);
  }

  private boolean isHttp() {
    String start = output.toLowerCase(Locale.ROOT);
    return start.startsWith("http://") || start.startsWith("https://");
  }

  private HttpHandler http() {
    HttpTarget target =
        new HttpTarget(
            URI.create(output),
            headers.stream().map(HttpTarget.Header::parse).toList(),
            timeout == null ? DEFAULT_TIMEOUT : timeout,
            maxRetries == null ? DEFAULT_RETRIES : maxRetries);
    return new HttpHandler(target, blobs);
  }

  private OutputPath file(Path database, Path stateDirectory) {
    OutputPath path = OutputPath.beside(Words.path(output), database, stateDirectory);
    try {
      path.resolve();
    } catch (OutputRefusedException e) {
      throw new IllegalArgumentException("--output " + e.getMessage(), e);
    }
    return path;
  }

  private static void checked(ShellCommand command, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException | TypeConversionException e) {
      throw command.usage(String.valueOf(e.getMessage()));
    }
  }
}
