// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.api.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts the changes of one database into the history of a server. The handler's calls are for one
 * thread; {@link #begin} or {@link #beginNew} precedes them.
 */
public final class DatabaseEvents implements ChangesHandler {

  /** Gives the messages of a change. */
  @FunctionalInterface
  public interface Rendering {

    /** The messages, each one line of UTF-8. */
    List<byte[]> of(Change change) throws IOException;
  }

  private final String database;
  private final EventHistory history;
  private final Rendering rendering;
  private Consumer<@Nullable Position> delivering = position -> {};

  /** What was added last since a flush; null for nothing. */
  private @Nullable Position last;

  DatabaseEvents(String database, EventHistory history, Rendering rendering) {
    this.database = database;
    this.history = history;
    this.rendering = rendering;
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
    history.begin(database, stream, delivered, ofEvent, end);
    this.delivering = delivering;
  }

  /**
   * Says that a new stream begins, as without state: a client that sends an id of an older one gets
   * the gap event at once.
   */
  public void beginNew() {
    history.beginNew(database);
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException {
    for (Change change : changes) {
      List<byte[]> messages = rendering.of(change);
      if (!messages.isEmpty()) {
        EventId id = EventId.of(change);
        history.add(database, id, text(messages, id));
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
}
