// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.Position;
import dev.waltap.page.PageBuffers;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link JournalWriter} wrote, and checks that it is all there and as it was. For one
 * thread.
 */
final class JournalReader {
  private final StateFile file;
  private final PageBuffers buffers;
  private final Lz4Codec codec = new Lz4Codec();
  private ByteBuffer segment = ByteBuffer.allocate(0);
  private @Nullable LogPosition last;
  private boolean inEntry;

  JournalReader(StateFile file, PageBuffers buffers) {
    this.file = file;
    this.buffers = buffers;
  }

  /**
   * Replays the transactions of segments {@code after + 1} to {@code to}, which are whole groups.
   *
   * @param acknowledged the position up to which they count as acknowledged
   */
  void read(long after, long to, @Nullable Position acknowledged, JournalEntry.Receiver receiver)
      throws SQLException {
    long id = after;
    try (PreparedStatement select =
        file.prepare("SELECT * FROM journal WHERE id > ? AND id <= ? ORDER BY id")) {
      select.setLong(1, after);
      select.setLong(2, to);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          id++;
          unpack(row, id);
          records(acknowledged, receiver);
        }
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw damaged(id, "cannot be read", e);
    }
    if (id != to || inEntry) {
      throw damaged(id + 1, "is missing", null);
    }
  }

  /** The end of the last transaction replayed; null before the first. */
  @Nullable LogPosition last() {
    return last;
  }

  private void unpack(ResultSet row, long id) throws SQLException {
    byte[] packed = row.getBytes("data");
    int size = row.getInt("size");
    if (row.getLong("id") != id) {
      throw damaged(id, "is missing", null);
    }
    if (packed == null
        || size > JournalWriter.SEGMENT
        || row.getLong("hash")
            != JournalWriter.hash(
                packed,
                id,
                row.getLong("entries"),
                row.getLong("epoch"),
                row.getLong("frame"),
                size)
        || !codec.unpack(packed, room(size), size)) {
      throw damaged(id, "has a wrong hash", null);
    }
    segment.clear().limit(size);
  }

  /** What is left behind by one short run is far from what a segment may have. */
  private byte[] room(int size) {
    if (segment.capacity() < size) {
      segment =
          ByteBuffer.allocate(
              Math.max(size, Math.min(JournalWriter.SEGMENT, 2 * segment.capacity())));
    }
    return segment.array();
  }

  private void records(@Nullable Position acknowledged, JournalEntry.Receiver receiver) {
    while (segment.hasRemaining()) {
      int type = segment.get();
      if (inEntry == (type == JournalWriter.BEGIN)) {
        throw new IllegalArgumentException("record " + type + " out of place");
      }
      switch (type) {
        case JournalWriter.BEGIN -> {
          JournalEntry entry = entry();
          inEntry = true;
          last = entry.position();
          receiver.begin(entry, acknowledged != null && entry.position().isWithin(acknowledged));
        }
        case JournalWriter.PAGE -> {
          int number = segment.getInt();
          byte[] image = buffers.take();
          segment.get(image);
          receiver.page(number, image);
        }
        case JournalWriter.END -> {
          inEntry = false;
          receiver.end();
        }
        default -> throw new IllegalArgumentException("record " + type);
      }
    }
  }

  private JournalEntry entry() {
    segment.get(); // Of no meaning.
    return JournalEntry.load(segment);
  }

  private RuntimeException damaged(long id, String what, @Nullable Throwable cause) {
    return StateErrors.corrupt(file.path(), "journal segment " + id + " " + what, cause);
  }
}
