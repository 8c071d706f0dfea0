// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.faults;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An HTTP server on the loopback that takes batches and keeps those that came whole. */
final class Receiver implements AutoCloseable {
  private static final JsonFactory JSON = new JsonFactory();

  private final HttpServer server;
  private final List<List<String>> batches = new ArrayList<>();

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.setExecutor(null);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/changes";
  }

  /** Kept before it is answered: the answer may be lost, the batch comes again then. */
  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      List<String> lines = lines(new String(body, StandardCharsets.UTF_8));
      synchronized (this) {
        batches.add(lines);
      }
      exchange.sendResponseHeaders(200, -1);
    }
  }

  /** The changes of {@code {"changes":[…]}}, each as it is there. */
  private static List<String> lines(String body) throws IOException {
    List<String> lines = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(body)) {
      while (parser.nextToken() != JsonToken.START_ARRAY) {
        if (parser.currentToken() == null) {
          throw new IOException("no changes in " + body);
        }
      }
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        int from = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        lines.add(body.substring(from, (int) parser.currentLocation().getCharOffset()));
      }
    }
    return lines;
  }

  /** The batches since the last call. */
  synchronized List<List<String>> newBatches() {
    List<List<String>> taken = List.copyOf(batches);
    batches.clear();
    return taken;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
