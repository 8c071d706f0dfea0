// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Serves changes at {@code /changes} as server-sent events. A batch counts as delivered once it is
 * in the history, from which each client is served by a thread of its own: none holds up the
 * capture, and one that is slower than the history is long misses events, and gets one that says
 * so.
 *
 * <p>For any thread. Whoever opened it closes it.
 */
public final class EventServer implements Closeable {

  /** Clients at once; each has a thread. */
  private static final int MAX_CLIENTS = 100;

  /** A comment so often shows a client that it is still connected, and us that it is. */
  private static final long HEARTBEAT_MILLIS = 15_000;

  /** How long clients may take to read the rest. */
  private static final int LAST_SECONDS = 1;

  private final HttpServer server;
  private final ExecutorService threads;
  private final EventHistory history;
  private final long heartbeatMillis;
  private final Admission admission;
  private final AtomicInteger clients = new AtomicInteger();

  /** The name of the only database; null where there are many. */
  private final @Nullable String one;

  /**
   * Listens.
   *
   * @param token what clients must send as {@code Authorization: Bearer}; null for nothing, where
   *     they are asked to use a name of this machine itself
   * @param historyBytes how much of the latest events is kept, of all databases together
   * @param one the name of the only database; null where there are many, of which clients choose
   *     one by {@code ?database=}
   * @throws IOException if that can't be listened at; the message says so
   */
  public static EventServer open(
      InetSocketAddress address, @Nullable String token, long historyBytes, @Nullable String one)
      throws IOException {
    return open(address, token, historyBytes, one, HEARTBEAT_MILLIS);
  }

  static EventServer open(
      InetSocketAddress address,
      @Nullable String token,
      long historyBytes,
      @Nullable String one,
      long heartbeatMillis)
      throws IOException {
    try {
      return new EventServer(
          HttpServer.create(address, 0),
          new Admission(token),
          new EventHistory(historyBytes),
          one,
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
      @Nullable String one,
      long heartbeatMillis) {
    this.server = server;
    this.admission = admission;
    this.history = history;
    this.one = one;
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

  /** What takes the changes of a database. */
  public DatabaseEvents of(String database, DatabaseEvents.Rendering rendering) {
    return new DatabaseEvents(database, history, rendering);
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
      client = EventClient.of(exchange, history, one);
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
