package dev.waltap.cli;

import dev.waltap.api.ChangesHandler;
import dev.waltap.handler.BlobFormat;
import dev.waltap.handler.FileOutput;
import dev.waltap.handler.HttpHandler;
import dev.waltap.handler.HttpTarget;
import dev.waltap.handler.JsonLinesHandler;
import dev.waltap.handler.TextHandler;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
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

  /** Refuses what can't go together, before any file is touched. */
  void check(ShellCommand command, Path database) {
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
      checked(command, () -> file(database));
    }
  }

  /** Opens it; the caller closes it after the capture. */
  Sink open(Shell shell, Console console) throws IOException {
    HttpHandler handler = http;
    if (handler != null) {
      return new Sink(handler, handler::close, () -> {});
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
          () -> {});
    }
    FileOutput file = FileOutput.open(Words.path(output));
    return new Sink(lines(file), () -> {}, file);
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

  /** Events appended to the database they tell of would be the end of it. */
  private Path file(Path database) {
    Path file = Words.path(output);
    for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
      Path sqlite = FileNames.beside(database, suffix);
      try {
        boolean same =
            file.toAbsolutePath().normalize().equals(sqlite.toAbsolutePath().normalize())
                || (Files.exists(file) && Files.exists(sqlite) && Files.isSameFile(file, sqlite));
        if (same) {
          throw new IllegalArgumentException(
              "--output " + file + " is the database itself: name another file");
        }
      } catch (IOException e) {
        // It can't be looked at; opening it will say why.
        return file;
      }
    }
    return file;
  }

  private static void checked(ShellCommand command, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException | TypeConversionException e) {
      throw command.usage(String.valueOf(e.getMessage()));
    }
  }
}
