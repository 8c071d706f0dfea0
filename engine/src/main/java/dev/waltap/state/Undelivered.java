// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.page.PageBuffers;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a journal that were not delivered.
 *
 * @param transactions how many
 * @param since when the commit of the first was seen; null if there is none
 */
public record Undelivered(long transactions, @Nullable Instant since) {

  /** Counts them; of the journal only the group that the acknowledged position is in is read. */
  static Undelivered of(StateFile file, StateHeader head, JournalGroups groups, int pageSize)
      throws SQLException {
    List<JournalGroups.Group> waiting = groups.unacknowledged(head.acknowledged);
    if (waiting.isEmpty()) {
      return new Undelivered(0, null);
    }
    JournalGroups.Group first = waiting.get(0);
    First found = new First(new PageBuffers(pageSize));
    JournalReader reader = new JournalReader(file, found.buffers);
    reader.read(groups.before(first, head.compacted), first.id(), head.acknowledged, found);
    long later = waiting.stream().skip(1).mapToLong(JournalGroups.Group::entries).sum();
    return new Undelivered(found.count + later, found.since);
  }

  /** Counts what is not acknowledged, and remembers when the first of it was seen. */
  private static final class First implements JournalEntry.Receiver {
    private final PageBuffers buffers;
    private long count;
    private @Nullable Instant since;

    First(PageBuffers buffers) {
      this.buffers = buffers;
    }

    @Override
    public void begin(JournalEntry entry, boolean acknowledged) {
      if (!acknowledged && count++ == 0) {
        since = Instant.EPOCH.plus(entry.timestampMicros(), ChronoUnit.MICROS);
      }
    }

    @Override
    public void page(int pageNumber, byte[] image) {
      buffers.release(image);
    }

    @Override
    public void end() {}
  }
}
