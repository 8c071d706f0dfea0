// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Position;
import dev.waltap.io.FileNames;
import dev.waltap.page.PageBuffers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a state holds, for people.
 *
 * @param directory where it is
 * @param database whose it is
 * @param stream the name of its stream of changes, a UUID
 * @param created when its baseline was taken
 * @param savedAt when anything was saved last
 * @param acknowledged the saved position; null until the first bootstrap was delivered whole
 * @param base the transaction as of which the page table is
 * @param end the last transaction in the journal, {@code base} if it is empty; or the last that was
 *     added while the state was closed
 * @param pages pages in the page table
 * @param pageSize their size in bytes
 * @param journalEntries transactions in the journal, not compacted yet, and those added while the
 *     state was closed
 * @param journalBytes what they take on disk
 * @param undelivered those of them that were not delivered
 * @param fileBytes what the whole state takes on disk
 * @param holder who holds it; null for nobody
 * @param fleet who runs a fleet whose states are in a directory above; null for nobody. While such
 *     a database is parked, its state has no holder, and is captured all the same
 */
public record StateStatus(
    Path directory,
    DatabaseIdentity database,
    String stream,
    Instant created,
    Instant savedAt,
    @Nullable Position acknowledged,
    LogPosition base,
    LogPosition end,
    long pages,
    int pageSize,
    long journalEntries,
    long journalBytes,
    Undelivered undelivered,
    long fileBytes,
    StateLock.@Nullable Holder holder,
    StateLock.@Nullable Holder fleet) {

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
      First found = new First(new PageBuffers(pageSize));
      long transactions = 0;
      long before = head.compacted;
      for (JournalGroups.Group group : groups.oldestFirst()) {
        if (group.isWithin(head.acknowledged)) {
          before = group.id();
        } else if (transactions > 0) {
          transactions += group.entries();
        } else {
          new JournalReader(file, found.buffers).read(before, group.id(), head.acknowledged, found);
          transactions = found.count;
        }
      }
      return new Undelivered(transactions, found.since);
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

  /**
   * Looks at a state without holding it, beside whoever works with it.
   *
   * @throws CaptureException REFUSED if there is none, or one that is damaged or of another
   *     version; FAILED if it can't be read
   */
  public static StateStatus of(StateDirectory directory) {
    if (!directory.exists()) {
      throw StateErrors.refused("there is no state in " + directory + ": run setup first");
    }
    return of(directory, StateFile.openReadOnly(directory.stateFile()));
  }

  /**
   * Looks at a state that nobody works with, and leaves no file behind, not even for the moment.
   *
   * @return null if it has a log, as after a crash: then only a start can find out what it holds
   * @throws CaptureException as {@link #of(StateDirectory)}
   */
  public static @Nullable StateStatus ofUnused(StateDirectory directory) {
    return hasLog(directory) || directory.holder() != null
        ? null
        : of(directory, StateFile.openUnused(directory.stateFile()));
  }

  private static boolean hasLog(StateDirectory directory) {
    try {
      return Files.size(FileNames.beside(directory.stateFile(), "-wal")) > 0;
    } catch (IOException e) {
      return false; // There is none.
    }
  }

  private static StateStatus of(StateDirectory directory, StateFile opened) {
    try (StateFile file = opened) {
      // Before state.db: whoever takes it in meanwhile has left that newer than it.
      TailContent tail = TailContent.read(directory);
      // One read transaction, so that all of it is of one commit.
      file.run("BEGIN");
      StateOrigin origin = StateOrigin.read(file);
      StateHeader head = StateHeader.read(file);
      JournalGroups groups = JournalGroups.read(file, head);
      StateStatus status = of(directory, file, origin, head, groups);
      file.run("COMMIT");
      return tail.follows(origin.nonce(), head) ? status.with(tail) : status;
    } catch (SQLException e) {
      throw StateErrors.sql(directory.stateFile(), e);
    }
  }

  /** The same with what was added while the state was closed. */
  private StateStatus with(TailContent tail) {
    Undelivered added = tail.undelivered();
    Position later = tail.acknowledged();
    return new StateStatus(
        directory,
        database,
        stream,
        created,
        savedAt,
        later != null ? later : acknowledged,
        base,
        tail.end(),
        pages,
        pageSize,
        journalEntries + tail.transactions().size(),
        journalBytes + tail.size(),
        new Undelivered(
            undelivered.transactions() + added.transactions(),
            undelivered.since() != null ? undelivered.since() : added.since()),
        fileBytes,
        holder,
        fleet);
  }

  static StateStatus of(
      StateDirectory directory,
      StateFile file,
      StateOrigin origin,
      StateHeader head,
      JournalGroups groups)
      throws SQLException {
    int pageSize = origin.database().pageSize();
    return new StateStatus(
        directory.path(),
        origin.database(),
        origin.stream(),
        origin.created(),
        directory.savedAt(),
        head.acknowledged,
        head.base,
        head.last,
        head.pages,
        pageSize,
        groups.entries(),
        groups.bytes(),
        Undelivered.of(file, head, groups, pageSize),
        directory.size(),
        directory.holder(),
        directory.fleet());
  }
}
