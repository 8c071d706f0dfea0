// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import dev.waltap.api.Position;
import org.jspecify.annotations.Nullable;

/** What is known of the stream of one database. For whoever holds the lock of the history. */
final class KnownStream {

  /** Null until it is known. */
  private @Nullable String stream;

  /** Whether it began with this run, whatever it will be called: no older id is of it. */
  private boolean isNew;

  /** What was delivered before the first event that was ever here. */
  private @Nullable Position before;

  /** Whether that is of an event, rather than of the end of a transaction that may have none. */
  private boolean exact;

  /** The last event that was dropped, and its number. */
  private @Nullable EventId dropped;

  private long droppedNumber = -1;

  /** How far the stream has come, as far as is known. */
  private @Nullable Position reached;

  /** As {@link EventHistory#begin}. */
  void begin(String ofStream, @Nullable Position delivered, boolean ofEvent, Position end) {
    if (!ofStream.equals(stream)) {
      become(ofStream);
      before = delivered;
      exact = ofEvent;
      reached = end;
    }
  }

  /** A stream begins. */
  void beginNew() {
    become(null);
    isNew = true;
  }

  private void become(@Nullable String next) {
    stream = next;
    isNew = false;
    before = null;
    dropped = null;
    reached = null;
  }

  void add(EventId id) {
    if (!id.stream().equals(stream)) {
      become(id.stream());
    }
    // A new run may deliver again what it had delivered before.
    reached = reached == null || id.isBeyond(reached) ? id.position() : reached;
  }

  void drop(EventId id, long number) {
    droppedNumber = number;
    if (id.stream().equals(stream)) {
      dropped = id;
    }
  }

  /** Whether an event of that number, or a later one, was dropped. */
  boolean hasDropped(long number) {
    return droppedNumber >= number;
  }

  /** Whether it is known which ids are of the stream. */
  boolean isKnown() {
    return stream != null || isNew;
  }

  /** Why a client that has come to an event misses others; null if it does not. */
  @Nullable String gapAfter(EventId id) {
    if (!id.stream().equals(stream)) {
      return "it is another stream";
    }
    if (lacks(id)) {
      return "what follows that event is not kept any more";
    }
    if (reached != null && id.isBeyond(reached)) {
      return "the stream has not come so far: its state is an older copy";
    }
    return null;
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
}
