// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One client, and what it has read. For the thread that serves it. */
final class EventClient {

  /** How much is taken out of the history at once. */
  private static final int MAX_BYTES = 1 << 20;

  private final HttpExchange exchange;
  private final EventHistory history;

  /** Whose events it gets; null for those of all databases. */
  private final @Nullable String database;

  /** What it has come to; null for a new client. */
  private final @Nullable EventId after;

  /** What it has, and does not get again where a new run delivers it again; null for nothing. */
  private @Nullable EventId has;

  /** Of the next event. */
  private long number;

  /** When something was sent last. */
  private long sentNanos = System.nanoTime();

  private EventClient(
      HttpExchange exchange,
      EventHistory history,
      @Nullable String database,
      @Nullable EventId after) {
    this.exchange = exchange;
    this.history = history;
    this.database = database;
    this.after = after;
  }

  /**
   * The client of a request, which says where it wants to begin: after the event of {@code
   * Last-Event-ID}, a header or {@code ?last-event-id=}; at the oldest that is kept, by {@code
   * ?from=oldest}; or with the next one.
   *
   * @param one the name of the only database; null where there are many, of which {@code
   *     ?database=} chooses one
   * @throws IllegalArgumentException for a request that can't be understood
   */
  static EventClient of(HttpExchange exchange, EventHistory history, @Nullable String one) {
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    String header = exchange.getRequestHeaders().getFirst("Last-Event-ID");
    String last = header == null ? query.get("last-event-id") : header;
    String from = query.getOrDefault("from", "next");
    String asked = query.get("database");
    if (one != null && asked != null) {
      throw new IllegalArgumentException("there is one database here: leave out ?database=");
    }
    EventClient client =
        new EventClient(
            exchange, history, one == null ? asked : one, last == null ? null : id(last));
    client.number =
        switch (from) {
          case "oldest" -> history.first();
          case "next" -> history.next();
          default -> throw new IllegalArgumentException("write ?from=oldest or ?from=next");
        };
    return client;
  }

  private static EventId id(String text) {
    try {
      return EventId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Last-Event-ID is none of ours: send the id of the last event as it was", e);
    }
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> values = new HashMap<>();
    if (raw != null) {
      for (String part : raw.split("&", -1)) {
        int equals = part.indexOf('=');
        String name = equals < 0 ? part : part.substring(0, equals);
        values.put(
            URLDecoder.decode(name, StandardCharsets.UTF_8),
            equals < 0
                ? ""
                : URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return values;
  }

  /**
   * Sends events until the client goes, or there are no more.
   *
   * @param heartbeatMillis how long nothing is sent at most
   * @throws IOException if the client is gone
   */
  void serve(long heartbeatMillis) throws IOException, InterruptedException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Accel-Buffering", "no");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    comment(out, "waltap");
    if (after != null && !resume(after, out, heartbeatMillis)) {
      return;
    }
    while (!history.isOver(number)) {
      send(out, heartbeatMillis);
    }
  }

  /** Returns false if everything ended before it was known where to go on. */
  private boolean resume(EventId id, OutputStream out, long heartbeatMillis)
      throws IOException, InterruptedException {
    EventHistory.Start start = history.after(database, id);
    while (start == null && database != null) {
      history.awaitStream(database, heartbeatMillis);
      start = history.after(database, id);
      if (start == null) {
        if (history.isOver(0)) {
          return false;
        }
        comment(out, "no change yet");
      }
    }
    if (start == null) {
      return false;
    }
    number = start.number();
    if (start.gap() == null) {
      has = id;
    } else {
      gap(start.gap(), out);
    }
    return true;
  }

  private void send(OutputStream out, long heartbeatMillis)
      throws IOException, InterruptedException {
    List<EventHistory.Event> events = history.take(number, MAX_BYTES, heartbeatMillis);
    long first = history.first();
    if (events.isEmpty() && number < first) {
      long missed = number;
      number = first;
      if (history.hasDropped(database, missed)) {
        gap("this client was slower than the history is long", out);
      }
    }
    for (EventHistory.Event event : events) {
      if (database != null && !event.database().equals(database)) {
        continue;
      }
      if (has == null || !event.id().isWithin(has)) {
        has = null;
        out.write(event.text());
        sentNanos = System.nanoTime();
      }
    }
    number += events.size();
    if (System.nanoTime() - sentNanos >= TimeUnit.MILLISECONDS.toNanos(heartbeatMillis)) {
      comment(out, "no change");
      sentNanos = System.nanoTime();
    }
    out.flush();
  }

  private static void comment(OutputStream out, String text) throws IOException {
    out.write((": " + text + "\n\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Says that events are missing: whoever needs all must read the database again. */
  private void gap(String why, OutputStream out) throws IOException {
    sentNanos = System.nanoTime();
    EventId next = history.idFrom(database, number);
    String data =
        "{\"reason\":\""
            + why
            + "\",\"next\":"
            + (next == null ? "null" : "\"" + next.position() + "\"")
            + "}";
    out.write(("event: gap\ndata: " + data + "\n\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
