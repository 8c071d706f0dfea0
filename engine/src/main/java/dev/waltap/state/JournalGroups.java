// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureOptions.StateLag;
import dev.waltap.api.Position;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The groups in the journal, oldest first, without their content. For one thread. */
final class JournalGroups {
  /**
   * What earlier runs left is due once it is this many groups: else runs too short for that would
   * leave more and more. Fewer are left a little longer: to compact them takes a sync, and to read
   * them again next time takes less.
   */
  private static final int LEFT_BEHIND_GROUPS = 16;

  private static final long LEFT_BEHIND_NANOS = TimeUnit.DAYS.toNanos(365);

  private final ArrayDeque<Group> groups = new ArrayDeque<>();
  private long entries;
  private long bytes;

  /**
   * What one commit wrote.
   *
   * @param id of its last segment
   * @param epoch of the end of its last transaction
   * @param frame of it
   * @param entries its transactions
   * @param bytes their size on disk
   * @param since when it was written: {@code System.nanoTime()}
   */
  record Group(long id, long epoch, long frame, long entries, long bytes, long since) {

    /** Whether all of it is acknowledged. */
    boolean isWithin(@Nullable Position acknowledged) {
      return acknowledged != null && LogPosition.isWithin(epoch, frame, acknowledged);
    }

    Group leftBehind() {
      return new Group(id, epoch, frame, entries, bytes, since - LEFT_BEHIND_NANOS);
    }
  }

  static JournalGroups read(StateFile file, StateHeader head) throws SQLException {
    List<Group> found = new ArrayList<>();
    long now = System.nanoTime();
    try (PreparedStatement select =
            file.prepare(
                "SELECT id, entries, epoch, frame, length(data) FROM journal ORDER BY id");
        ResultSet row = select.executeQuery()) {
      long bytes = 0;
      long id = head.compacted;
      while (row.next()) {
        if (row.getLong(1) != ++id) {
          break;
        }
        bytes += row.getLong(5);
        if (row.getLong(2) > 0) {
          found.add(new Group(id, row.getLong(3), row.getLong(4), row.getLong(2), bytes, now));
          bytes = 0;
        }
      }
      if (id != head.journalled || bytes != 0) {
        throw StateErrors.corrupt(file.path(), "journal segment " + id + " is missing", null);
      }
    }
    JournalGroups all = new JournalGroups();
    boolean many = found.size() >= LEFT_BEHIND_GROUPS;
    found.forEach(group -> all.add(many ? group.leftBehind() : group));
    return all;
  }

  void add(long id, LogPosition last, long count, long size) {
    add(new Group(id, last.epoch(), last.wal().frame(), count, size, System.nanoTime()));
  }

  private void add(Group group) {
    groups.add(group);
    entries += group.entries();
    bytes += group.bytes();
  }

  /** The oldest group, if all of it is acknowledged. */
  @Nullable Group compactable(@Nullable Position acknowledged) {
    Group first = groups.peekFirst();
    return first != null && first.isWithin(acknowledged) ? first : null;
  }

  /** All of them, oldest first: those that are acknowledged come before the others. */
  Iterable<Group> oldestFirst() {
    return groups;
  }

  /** Whether the oldest group can be compacted and is old, or the journal large. */
  boolean isDue(Position acknowledged, StateLag lag) {
    Group first = compactable(acknowledged);
    return first != null
        && (bytes >= lag.bytes() || System.nanoTime() - first.since() >= lag.time().toNanos());
  }

  void removeFirst() {
    Group first = groups.removeFirst();
    entries -= first.entries();
    bytes -= first.bytes();
  }

  /** The end of the journal; the base's if it is empty. */
  Position end(LogPosition base) {
    Group last = groups.peekLast();
    return last == null ? base.position() : new Position(last.epoch(), last.frame(), 0);
  }

  long entries() {
    return entries;
  }

  long bytes() {
    return bytes;
  }
}
