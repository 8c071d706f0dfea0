// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Position;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves changes at {@code /changes} as server-sent events. A batch counts as delivered once it is
 * in the history, from which each client is served by a thread of its own: none holds up the
 * capture, and one that is slower than the history is long misses events, and is told so.
 *
 * <p>The handler's calls are for one thread; {@link #begin} precedes them. Whoever opened it closes
 * it.
 */
public final class EventServer implements ChangesHandler, Closeable {

  /** Clients at once; each has a thread. */
  private static final int MAX_CLIENTS = 100;

  /** A comment so often shows a client that it is still connected, and us that it is. */
  private static final long HEARTBEAT_MILLIS = 15_000;

  /** How long clients may take to read the rest. */
  private static final int LAST_SECONDS = 1;

  /** Gives the messages of a change. */
  @FunctionalInterface
  public interface Rendering {

    /** The messages, each one line of UTF-8. */
    List<byte[]> of(Change change) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final Rendering rendering;
  private final EventHistory history;
  private final long heartbeatMillis;
  private final Admission admission;
  private final AtomicInteger clients = new AtomicInteger();
  private Consumer<@Nullable Position> delivering = position -> {};

  /** What was added last since a flush; null for nothing. */
  private @Nullable Position last;

  /**
   * Listens.
   *
   * @param token what clients must send as {@code Authorization: Bearer}; null for nothing, where
   *     they are asked to use a name of this machine itself
   * @param historyBytes how much of the latest events is kept
   * @throws IOException if that can't be listened at; the message says so
   */
  public static EventServer open(
      InetSocketAddress address, @Nullable String token, long historyBytes, Rendering rendering)
      throws IOException {
    return open(address, token, historyBytes, rendering, HEARTBEAT_MILLIS);
  }

  static EventServer open(
      InetSocketAddress address,
      @Nullable String token,
      long historyBytes,
      Rendering rendering,
      long heartbeatMillis)
      throws IOException {
    try {
      return new EventServer(
          HttpServer.create(address, 0),
          new Admission(token),
          new EventHistory(historyBytes),
          rendering,
          heartbeatMillis);
    } catch (BindException e) {
      throw new IOException(
          "can't listen on port "
              + address.getPort()
              + " of "
              + address.getHostString()
              + ": "
              + e.getMessage()
              + ": name another port",
          e);
    }
  }

  private EventServer(
      HttpServer server,
      Admission admission,
      EventHistory history,
      Rendering rendering,
      long heartbeatMillis) {
    this.server = server;
    this.admission = admission;
    this.history = history;
    this.rendering = rendering;
    this.heartbeatMillis = heartbeatMillis;
    AtomicInteger number = new AtomicInteger();
    threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "waltap-listen-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Asks for another token from now on. */
  public void token(String token) {
    admission.token(token);
  }

  /**
   * Says what a state knows of its stream, so that clients can go on that have all of it.
   *
   * @param delivered what was delivered last; null for nothing
   * @param ofEvent whether that is a change, rather than the end of a transaction
   * @param end of the last transaction that was given a position
   * @param delivering takes the position of the last change, with each flush
   */
  public void begin(
      String stream,
      @Nullable Position delivered,
      boolean ofEvent,
      Position end,
      Consumer<@Nullable Position> delivering) {
    history.begin(stream, delivered, ofEvent, end);
    this.delivering = delivering;
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException {
    for (Change change : changes) {
      List<byte[]> messages = rendering.of(change);
      if (!messages.isEmpty()) {
        EventId id = EventId.of(change);
        history.add(id, text(messages, id));
        last = id.position();
      }
    }
  }

  @Override
  public void flush() {
    if (last != null) {
      delivering.accept(last);
      last = null;
    }
  }

  /** Several messages of a change are several events, of which the last one has the id. */
  private static byte[] text(List<byte[]> messages, EventId id) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = 0; i < messages.size(); i++) {
      if (i == messages.size() - 1) {
        text.write(("id: " + id + "\n").getBytes(StandardCharsets.US_ASCII));
      }
      text.write("data: ".getBytes(StandardCharsets.US_ASCII));
      text.write(messages.get(i));
      text.write("\n\n".getBytes(StandardCharsets.US_ASCII));
    }
    return text.toByteArray();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Admission.Refusal refusal = admission.refuse(exchange);
      if (refusal != null) {
        refuse(exchange, refusal);
      } else if (clients.incrementAndGet() > MAX_CLIENTS) {
        clients.decrementAndGet();
        refuse(exchange, new Admission.Refusal(503, "there are too many clients: come again"));
      } else {
        try {
          serve(exchange);
        } finally {
          clients.decrementAndGet();
        }
      }
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    EventClient client;
    try {
      client = EventClient.of(exchange, history);
    } catch (IllegalArgumentException e) {
      refuse(exchange, new Admission.Refusal(400, String.valueOf(e.getMessage())));
      return;
    }
    try {
      client.serve(heartbeatMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void refuse(HttpExchange exchange, Admission.Refusal refusal) throws IOException {
    byte[] body = (refusal.why() + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    if (refusal.status() == 401) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    }
    exchange.sendResponseHeaders(refusal.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  /** Lets clients read the rest for a second, and closes their connections. */
  @Override
  public void close() {
    history.end();
    server.stop(clients.get() == 0 ? 0 : LAST_SECONDS);
    threads.shutdownNow();
  }
}
