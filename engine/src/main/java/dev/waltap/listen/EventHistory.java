// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import dev.waltap.api.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The latest events, up to so many bytes, each with a number; what is older is dropped, whoever has
 * not read it. For any thread: one adds, and never waits for those who read.
 */
final class EventHistory {

  /** An event, and its text as it is sent. */
  static final class Event {
    private final EventId id;
    private final byte[] text;

    Event(EventId id, byte[] text) {
      this.id = id;
      this.text = text;
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

  /** Null until it is known. */
  private @Nullable String stream;

  /** What was delivered before the first event that was ever here. */
  private @Nullable Position before;

  /** Whether that is of an event, rather than of the end of a transaction that may have none. */
  private boolean exact;

  /** The last event that was dropped. */
  private @Nullable EventId dropped;

  /** How far the stream has come, as far as is known. */
  private @Nullable Position reached;

  EventHistory(long limit) {
    this.limit = limit;
  }

  /**
   * What is known before the first event.
   *
   * @param delivered what was delivered last; null for nothing
   * @param ofEvent whether that is an event, rather than the end of a transaction
   * @param end of the last transaction that was given a position
   */
  synchronized void begin(
      String ofStream, @Nullable Position delivered, boolean ofEvent, Position end) {
    stream = ofStream;
    before = delivered;
    exact = ofEvent;
    reached = end;
    notifyAll();
  }

  synchronized void add(EventId id, byte[] text) {
    if (end - first == events.length) {
      grow();
    }
    events[(int) (end % events.length)] = new Event(id, text);
    end++;
    bytes += text.length + OVERHEAD;
    stream = id.stream();
    // A new run may deliver again what it had delivered before.
    reached = reached == null || id.isBeyond(reached) ? id.position() : reached;
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
    dropped = oldest.id();
    first++;
  }

  private Event event(long number) {
    Event event = events[(int) (number % events.length)];
    if (event == null) {
      throw new IllegalStateException("no event " + number + " of " + first + " to " + end);
    }
    return event;
  }

  /** The id of an event; null if there is none of that number. */
  synchronized @Nullable EventId idOf(long number) {
    return number >= first && number < end ? event(number).id() : null;
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
   * @return null as long as it is not known which stream this is
   */
  synchronized @Nullable Start after(EventId id) {
    if (stream == null) {
      return null;
    }
    if (!stream.equals(id.stream())) {
      return new Start(first, "it is another stream");
    }
    if (lacks(id)) {
      return new Start(first, "what follows that event is not kept any more");
    }
    if (reached != null && id.isBeyond(reached)) {
      return new Start(first, "the stream has not come so far: its state is an older copy");
    }
    return new Start(numberAfter(id.position()), null);
  }

  /** Whether there were events after that one which are not here any more. */
  private boolean lacks(EventId id) {
    Position last = dropped != null ? dropped.position() : before;
    if (last == null) {
      return false;
    }
    boolean ofEvent = dropped != null || exact;
    return ofEvent ? id.position().compareTo(last) < 0 : !id.covers(last);
  }

  private long numberAfter(Position position) {
    long low = first;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (event(middle).id().position().compareTo(position) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
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
  synchronized void awaitStream(long millis) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long left = until - System.nanoTime();
    while (stream == null && !ended && left > 0) {
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
