// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A headless browser with one page, spoken to by its DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final List<Path> PROGRAMS =
      List.of(
          Path.of("/usr/bin/chromium"),
          Path.of("/usr/bin/chromium-browser"),
          Path.of("/usr/bin/google-chrome"));

  private static final int PATIENCE_SECONDS = 30;

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  /** The browser that is installed here, if one is. */
  static Optional<Path> installed() {
    return PROGRAMS.stream().filter(Files::isExecutable).findFirst();
  }

  private Chromium(Process process, URI page) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(page, new Listener()).join();
  }

  /** Starts it, with this directory for all that it writes. */
  static Chromium start(Path program, Path directory) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            program.toString(),
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--hide-scrollbars",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--remote-debugging-port=0",
            "--user-data-dir=" + directory,
            "about:blank");
    builder.environment().put("TMPDIR", directory.toString());
    Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try {
      URI browser = URI.create(devTools(process));
      URI create =
          URI.create("http://" + browser.getHost() + ":" + browser.getPort() + "/json/new");
      String page =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(create).PUT(HttpRequest.BodyPublishers.noBody()).build(),
                  BodyHandlers.ofString())
              .body();
      Chromium chromium = new Chromium(process, URI.create(field(page, "webSocketDebuggerUrl")));
      chromium.call("Page.enable", Map.of());
      chromium.call("Log.enable", Map.of());
      chromium.call("Runtime.enable", Map.of());
      return chromium;
    } catch (Exception | Error e) {
      end(process);
      throw e;
    }
  }

  private static String devTools(Process process) throws IOException {
    BufferedReader errors =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    StringBuilder all = new StringBuilder();
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      int at = line.indexOf("ws://");
      if (at >= 0) {
        Thread drain = new Thread(() -> errors.lines().forEach(more -> {}), "chromium-stderr");
        drain.setDaemon(true);
        drain.start();
        return line.substring(at);
      }
      all.append(line).append('\n');
    }
    throw new IOException("the browser did not start: " + all);
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        take(message.toString());
        message.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void take(String message) {
    if (message.startsWith("{\"id\":")) {
      int id = Integer.parseInt(message.substring(6, message.indexOf(',')));
      CompletableFuture<String> answer = answers.remove(id);
      if (answer != null) {
        answer.complete(message);
      }
    } else if (message.startsWith("{\"method\":\"Log.entryAdded\"")
        || message.startsWith("{\"method\":\"Runtime.exceptionThrown\"")) {
      complaints.add(message);
    }
  }

  /** What the browser logged: violations of the policy, failed requests, exceptions. */
  List<String> complaints() {
    return complaints;
  }

  private String call(String method, Map<String, ?> parameters) throws Exception {
    int id = calls.incrementAndGet();
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("id", id);
      json.writeStringField("method", method);
      json.writeFieldName("params");
      write(parameters, json);
      json.writeEndObject();
    }
    CompletableFuture<String> answer = new CompletableFuture<>();
    answers.put(id, answer);
    socket.sendText(text.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static void write(Object value, JsonGenerator json) throws IOException {
    if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> each : map.entrySet()) {
        json.writeFieldName(String.valueOf(each.getKey()));
        write(each.getValue(), json);
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object each : list) {
        write(each, json);
      }
      json.writeEndArray();
    } else {
      json.writeObject(value);
    }
  }

  /** The value of the first field of this name; empty if there is none. */
  private static String field(String text, String name) {
    try (JsonParser json = new JsonFactory().createParser(text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.FIELD_NAME && json.currentName().equals(name)) {
          json.nextToken();
          return json.getText();
        }
      }
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  /** Shows pages in so many pixels. */
  void size(int width, int height, boolean mobile) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", mobile));
  }

  /** Shows pages as people want them who like it dark, or light. */
  void dark(boolean dark) throws Exception {
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  void open(String address) throws Exception {
    call("Page.navigate", Map.of("url", address));
  }

  /** What an expression of the page's own language comes to, as text. */
  String evaluate(String expression) throws Exception {
    String answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", "String(" + expression + ")", "awaitPromise", true));
    return field(answer, "value");
  }

  /** Waits until an expression is true. */
  void await(String expression) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!evaluate(expression).equals("true")) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            expression + " never became true in: " + evaluate("document.body.innerText"));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** A picture of what is seen, as PNG. */
  byte[] screenshot() throws Exception {
    String answer = call("Page.captureScreenshot", Map.of("format", "png"));
    return Base64.getDecoder().decode(field(answer, "data"));
  }

  @Override
  public void close() {
    socket.abort();
    end(process);
  }

  private static void end(Process process) {
    try (Stream<ProcessHandle> children = process.descendants()) {
      children.forEach(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
    try {
      process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
