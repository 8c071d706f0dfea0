// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.format.Bytes;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.io.FileNames;
import dev.waltap.io.ReadBuffers;
import dev.waltap.page.PageSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out that something other than SQLite wrote to the database file: a copy over it, an editor.
 * The log knows nothing of that. For the capture thread.
 *
 * <p>In WAL mode only a checkpoint writes to that file, and says so before ({@code
 * nBackfillAttempted}) and after ({@code nBackfill}). So where both are equal and did not move, nor
 * did the salts, the file's time and size must not have moved either. Once they did, and have come
 * to rest, it is time to compare the whole.
 *
 * <p>A checkpoint and a copy right after it may hide between two looks. So once all is backfilled
 * and the file rests, it must also have as many pages as it says, and some pages, all of them in a
 * small database, must be those of the page set. A copy within a quarter of a second of a
 * checkpoint is missed if it differs from what it replaced in none of those.
 *
 * <p>A file's time moves with each write, but in steps of some milliseconds, and with writes to a
 * mapping only now and then. So the file's header is read now and then even if nothing moved.
 */
public final class ForeignWrites {
  /** So many that it takes a fraction of a millisecond. */
  private static final int PAGES_TO_COMPARE = 64;

  /** So often the header is read of a file that rests. */
  private static final long HEADER_NANOS = TimeUnit.SECONDS.toNanos(2);

  // Of the database header. The count is right if the other two are equal.
  private static final int CHANGE_COUNTER_OFFSET = 24;
  private static final int PAGE_COUNT_OFFSET = 28;
  private static final int VERSION_VALID_FOR_OFFSET = 92;

  private record Checkpoint(long salts, int backfilled) {}

  private record State(Checkpoint checkpoint, long modified, long size) {}

  private final Attachment attachment;
  private final WalIndexHeader header = new WalIndexHeader();
  private final CheckpointInfo info = new CheckpointInfo();
  private @Nullable State last;
  private @Nullable State compared;
  private @Nullable Checkpoint before;
  private long headerRead;
  private boolean moved;
  private boolean vacuumed;
  private int nextIndex;

  /** A watch over a database that is attached; it opens nothing of its own. */
  public ForeignWrites(Attachment attachment) {
    this.attachment = attachment;
  }

  /** To be called before the file is looked at. */
  public void beforeLook() {
    before = checkpoint();
  }

  /**
   * Looks; to be called every now and then when all that is committed has been emitted.
   *
   * @param pages as of the last commit
   * @param file what a look at the file has just found
   * @param now as {@link System#nanoTime} has it
   * @return whether the file was written to since, and the writing seems to have ended
   * @throws CaptureException if what is there now can't be captured
   */
  public boolean found(PageSet pages, BasicFileAttributes file, long now) {
    State previous = last;
    State current = state(before, file);
    if (!moved && isCompared(previous, current) && now - headerRead < HEADER_NANOS) {
      return false;
    }
    byte[] databaseHeader = requireDatabase(pages);
    headerRead = now;
    last = current;
    if (current == null || previous == null || !previous.checkpoint.equals(current.checkpoint)) {
      return false; // Moved or not, who wrote last was a checkpoint; what was seen stays seen.
    }
    boolean moving = previous.modified != current.modified || previous.size != current.size;
    if (moving) {
      moved = true;
      return false;
    }
    if (moved) {
      moved = false;
      return true;
    }
    return !current.equals(compared) && differs(current, pages, databaseHeader);
  }

  /** Whether the file rests since its pages were compared. */
  private boolean isCompared(@Nullable State previous, @Nullable State current) {
    return current != null && current.equals(previous) && current.equals(compared);
  }

  private boolean differs(State current, PageSet pages, byte[] databaseHeader) {
    boolean whole = info.backfilled() == header.mxFrame();
    if (!whole || attachment.tail().hasNews()) {
      return false; // The newest pages are in the log, or are not in the page set yet.
    }
    boolean same = samplesAreSame(pages);
    if (!current.equals(state()) || attachment.tail().hasNews()) {
      return false; // A checkpoint, or a commit, came in between.
    }
    int pageSize = attachment.pageSize();
    int size = pageCount(databaseHeader);
    if (current.size < (long) size * pageSize) {
      throw failed(
          attachment.database()
              + ": the file was truncated: it says that it has "
              + size
              + " pages, and has "
              + current.size / pageSize
              + "; restore it, start again");
    }
    compared = current;
    return !same;
  }

  private boolean samplesAreSame(PageSet pages) {
    int[] numbers = new int[PAGES_TO_COMPARE];
    numbers[0] = 1;
    for (int i = 1; i < numbers.length; i++) {
      nextIndex = nextIndex >= pages.end() - 1 ? 0 : nextIndex + 1;
      numbers[i] = pages.pageAt(nextIndex);
    }
    byte[] piece = ReadBuffers.take();
    try {
      boolean same = true;
      int max = piece.length / attachment.pageSize();
      for (int i = 0; i < numbers.length; ) {
        int run = 1;
        while (numbers[i] != 0
            && run < max
            && i + run < numbers.length
            && numbers[i + run] == numbers[i] + run) {
          run++;
        }
        same &= areSame(pages, numbers[i], run, piece);
        i += run;
      }
      return same;
    } finally {
      ReadBuffers.give(piece);
    }
  }

  /** Pages that follow each other are read at once. */
  private boolean areSame(PageSet pages, int number, int count, byte[] piece) {
    if (number == 0) {
      return true; // Stands for no page.
    }
    int size = attachment.pageSize();
    int read = attachment.file().read(((number - 1) & 0xffffffffL) * size, piece, 0, count * size);
    Arrays.fill(piece, read, count * size, (byte) 0);
    boolean same = true;
    for (int i = 0; i < count; i++) {
      same &= !pages.contains(number + i) || pages.isSame(number + i, piece, i * size);
    }
    return same;
  }

  private static int pageCount(byte[] databaseHeader) {
    boolean valid =
        Bytes.u32(databaseHeader, CHANGE_COUNTER_OFFSET)
            == Bytes.u32(databaseHeader, VERSION_VALID_FOR_OFFSET);
    return valid ? Bytes.u32(databaseHeader, PAGE_COUNT_OFFSET) : 0;
  }

  private @Nullable State state() {
    Checkpoint earlier = checkpoint();
    try {
      return state(earlier, Files.readAttributes(attachment.database(), BasicFileAttributes.class));
    } catch (IOException e) {
      return null; // Whether the file is still there is looked at elsewhere.
    }
  }

  /** Of a file that was looked at since a checkpoint was known; null if that is under way. */
  private @Nullable State state(@Nullable Checkpoint earlier, BasicFileAttributes file) {
    if (earlier == null || !earlier.equals(checkpoint())) {
      return null;
    }
    return new State(earlier, file.lastModifiedTime().to(TimeUnit.NANOSECONDS), file.size());
  }

  private @Nullable Checkpoint checkpoint() {
    // SQLite before 3.9 leaves the frames attempted at 0: there a checkpoint under way is not seen.
    if (!attachment.index().read(header, info) || info.backfillAttempted() > info.backfilled()) {
      return null;
    }
    return new Checkpoint(header.salts(), info.backfilled());
  }

  private byte[] requireDatabase(PageSet pages) {
    Path database = attachment.database();
    byte[] bytes = new byte[DatabaseHeader.SIZE];
    if (attachment.file().read(0, bytes, 0, bytes.length) == 0) {
      throw failed(
          FileNames.text(database)
              + ": the file was truncated and is empty now: restore it, start again");
    }
    DatabaseHeader now;
    try {
      now = DatabaseHeader.parse(bytes);
    } catch (DatabaseException e) {
      throw failed(
          FileNames.text(database)
              + ": the file was overwritten: "
              + e.getMessage()
              + ": restore it, start again");
    }
    if (!isInWalMode(now, pages)) {
      throw failed(
          FileNames.text(database)
              + ": the file was overwritten by a database that is not in WAL mode; turn it on and"
              + " start again");
    }
    if (now.pageSize() != attachment.pageSize()) {
      throw failed(
          FileNames.text(database)
              + ": the file was overwritten by a database of another page size: start again");
    }
    return bytes;
  }

  /**
   * Whether the header says so. VACUUM by SQLite 3.7.2 leaves one that says otherwise, as a commit
   * in the WAL: then it is no foreign write, and stays so until a checkpoint brings another page 1.
   */
  private boolean isInWalMode(DatabaseHeader now, PageSet pages) {
    if (now.isWal()) {
      vacuumed = false;
      return true;
    }
    vacuumed |= pages.contains(1) && !DatabaseHeader.parse(pages.page(1)).isWal();
    return vacuumed || attachment.tail().hasNews();
  }

  private static CaptureException failed(String message) {
    return new CaptureException(Reason.DATABASE_GONE, message);
  }
}
