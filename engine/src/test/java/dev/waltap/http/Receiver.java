// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on the loopback that notes what is posted, and answers as it was told to. */
final class Receiver implements AutoCloseable {

  /** An answer with one header. */
  record Answer(int status, String header, String value, String body) {}

  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final List<String> headers = new CopyOnWriteArrayList<>();
  private final List<Answer> answers = new CopyOnWriteArrayList<>();
  private final List<String> identities = new CopyOnWriteArrayList<>();
  private final List<String> signatures = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  Receiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void start() {
    server.createContext("/", this::handle);
    server.start();
  }

  HttpServer server() {
    return server;
  }

  /** The bodies of all requests. */
  List<String> bodies() {
    return bodies;
  }

  /** Method, address, type, length and {@code X-Who} of each. */
  List<String> headers() {
    return headers;
  }

  /** What to answer, in turn; 204 when there is nothing left. */
  List<Answer> answers() {
    return answers;
  }

  /** What each says of the stream and the positions of its changes. */
  List<String> identities() {
    return identities;
  }

  /** Timestamp and signature of each. */
  List<String> signatures() {
    return signatures;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      headers.add(
          exchange.getRequestMethod()
              + " "
              + exchange.getRequestURI()
              + " "
              + exchange.getRequestHeaders().getFirst("Content-Type")
              + " "
              + exchange.getRequestHeaders().getFirst("Content-Length")
              + " "
              + exchange.getRequestHeaders().get("X-Who"));
      identities.add(
          exchange.getRequestHeaders().get("Waltap-Stream")
              + " "
              + exchange.getRequestHeaders().get("Waltap-First-Position")
              + " "
              + exchange.getRequestHeaders().get("Waltap-Last-Position")
              + " "
              + exchange.getRequestHeaders().get("Idempotency-Key"));
      signatures.add(
          exchange.getRequestHeaders().getFirst("Waltap-Timestamp")
              + " "
              + exchange.getRequestHeaders().getFirst("Waltap-Signature"));
      Answer answer = answers.isEmpty() ? new Answer(204, "X", "y", "") : answers.remove(0);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set(answer.header(), answer.value());
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
