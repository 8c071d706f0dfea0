// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import dev.waltap.api.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The latest events, up to so many bytes, each with a number; what is older is dropped, whoever has
 * not read it. For any thread: one adds, and never waits for those who read.
 */
final class EventHistory {

  /** An event, and its text as it is sent. */
  static final class Event {
    private final String database;
    private final EventId id;
    private final byte[] text;

    Event(String database, EventId id, byte[] text) {
      this.database = database;
      this.id = id;
      this.text = text;
    }

    String database() {
      return database;
    }

    EventId id() {
      return id;
    }

    byte[] text() {
      return text;
    }
  }

  /**
   * Where a client begins.
   *
   * @param number of its first event
   * @param gap why events before it are missing; null if none is
   */
  record Start(long number, @Nullable String gap) {}

  /** What an event costs beside its text, about. */
  private static final int OVERHEAD = 120;

  private final long limit;

  /** A ring: the event of a number is at its remainder. */
  private @Nullable Event[] events = new Event[64];

  private long first;
  private long end;
  private long bytes;
  private boolean ended;

  /** By the names of their databases. */
  private final Map<String, KnownStream> streams = new HashMap<>();

  EventHistory(long limit) {
    this.limit = limit;
  }

  /**
   * What is known of a database's stream before its first event.
   *
   * @param delivered what was delivered last; null for nothing
   * @param ofEvent whether that is an event, rather than the end of a transaction
   * @param end of the last transaction that was given a position
   */
  synchronized void begin(
      String database, String stream, @Nullable Position delivered, boolean ofEvent, Position end) {
    of(database).begin(stream, delivered, ofEvent, end);
    notifyAll();
  }

  /** A stream of this database begins, of which nobody can have anything. */
  synchronized void beginNew(String database) {
    of(database).beginNew();
    notifyAll();
  }

  private KnownStream of(String database) {
    return streams.computeIfAbsent(database, name -> new KnownStream());
  }

  /** What is known of a database, which anybody may name: nothing is kept of one that is none. */
  private @Nullable KnownStream known(String database) {
    KnownStream stream = streams.get(database);
    return stream != null && stream.isKnown() ? stream : null;
  }

  /** How many databases something is kept of. */
  synchronized int databases() {
    return streams.size();
  }

  synchronized void add(String database, EventId id, byte[] text) {
    if (end - first == events.length) {
      grow();
    }
    events[(int) (end % events.length)] = new Event(database, id, text);
    end++;
    bytes += text.length + OVERHEAD;
    of(database).add(id);
    while (bytes > limit && end - first > 1) {
      drop();
    }
    notifyAll();
  }

  private void grow() {
    @Nullable Event[] larger = new Event[events.length * 2];
    for (long number = first; number < end; number++) {
      larger[(int) (number % larger.length)] = events[(int) (number % events.length)];
    }
    events = larger;
  }

  private void drop() {
    Event oldest = event(first);
    events[(int) (first % events.length)] = null;
    bytes -= oldest.text().length + OVERHEAD;
    of(oldest.database()).drop(oldest.id(), first);
    first++;
  }

  private Event event(long number) {
    Event event = events[(int) (number % events.length)];
    if (event == null) {
      throw new IllegalStateException("no event " + number + " of " + first + " to " + end);
    }
    return event;
  }

  /**
   * The id of the first event from a number on.
   *
   * @param database whose it must be; null for any
   * @return null if there is none yet
   */
  synchronized @Nullable EventId idFrom(@Nullable String database, long number) {
    for (long at = Math.max(number, first); at < end; at++) {
      if (database == null || event(at).database().equals(database)) {
        return event(at).id();
      }
    }
    return null;
  }

  /** Whether an event from that number on, of this database or of any, was dropped. */
  synchronized boolean hasDropped(@Nullable String database, long number) {
    if (database == null) {
      return number < first;
    }
    KnownStream stream = streams.get(database);
    return stream != null && stream.hasDropped(number);
  }

  /** The number of the oldest event that is kept. */
  synchronized long first() {
    return first;
  }

  /** The number of the next event. */
  synchronized long next() {
    return end;
  }

  /**
   * Where a client goes on that has come to an event.
   *
   * @param database whose events it gets; null for those of all, where the one event says nothing
   *     of other databases: it must still be here
   * @return null as long as it is not known which stream this is
   */
  synchronized @Nullable Start after(@Nullable String database, EventId id) {
    if (database == null) {
      for (long number = first; number < end; number++) {
        if (event(number).id().equals(id)) {
          return new Start(number + 1, null);
        }
      }
      return new Start(first, "what follows that event is not kept any more");
    }
    KnownStream known = known(database);
    if (known == null) {
      return null;
    }
    String gap = known.gapAfter(id);
    return new Start(gap == null ? numberAfter(database, id) : first, gap);
  }

  private long numberAfter(String database, EventId id) {
    for (long number = first; number < end; number++) {
      Event event = event(number);
      if (event.database().equals(database)
          && event.id().stream().equals(id.stream())
          && !event.id().isWithin(id)) {
        return number;
      }
    }
    return end;
  }

  /**
   * Waits for the event of a number.
   *
   * @param maxBytes how much to return at once, but for an event that is larger
   * @return it and those that follow it; empty after the time, at the end, and if it was dropped
   */
  synchronized List<Event> take(long number, int maxBytes, long millis)
      throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (number >= end && !ended) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        return List.of();
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    List<Event> taken = new ArrayList<>();
    int size = 0;
    for (long at = number; at >= first && at < end && size < maxBytes; at++) {
      Event event = event(at);
      size += event.text().length;
      taken.add(event);
    }
    return taken;
  }

  /** Waits until it may be known which stream this is, or the end. */
  synchronized void awaitStream(String database, long millis) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long left = until - System.nanoTime();
    while (known(database) == null && !ended && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = until - System.nanoTime();
    }
  }

  /** Whether a reader at this number has all that there will be. */
  synchronized boolean isOver(long number) {
    return ended && number >= end;
  }

  /** Nothing is added any more. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }
}
