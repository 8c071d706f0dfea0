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
import dev.waltap.page.PageSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
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
 */
public final class ForeignWrites {
  /** So many that it takes a fraction of a millisecond. */
  private static final int PAGES_TO_COMPARE = 64;

  // Of the database header. The count is right if the other two are equal.
  private static final int CHANGE_COUNTER_OFFSET = 24;
  private static final int PAGE_COUNT_OFFSET = 28;
  private static final int VERSION_VALID_FOR_OFFSET = 92;

  private record Checkpoint(long salts, int backfilled) {}

  private record State(Checkpoint checkpoint, FileTime modified, long size) {}

  private final Attachment attachment;
  private final WalIndexHeader header = new WalIndexHeader();
  private final CheckpointInfo info = new CheckpointInfo();
  private @Nullable State last;
  private @Nullable State compared;
  private boolean moved;
  private boolean vacuumed;
  private int nextIndex;

  /** A watch over a database that is attached; it opens nothing of its own. */
  public ForeignWrites(Attachment attachment) {
    this.attachment = attachment;
  }

  /**
   * Looks; to be called every now and then when all that is committed has been emitted.
   *
   * @param pages as of the last commit
   * @return whether the file was written to since, and the writing seems to have ended
   * @throws CaptureException if what is there now can't be captured
   */
  public boolean found(PageSet pages) {
    byte[] databaseHeader = requireDatabase(pages);
    State previous = last;
    State current = state();
    last = current;
    if (current == null || previous == null || !previous.checkpoint.equals(current.checkpoint)) {
      return false; // Moved or not, who wrote last was a checkpoint; what was seen stays seen.
    }
    boolean moving = !previous.modified.equals(current.modified) || previous.size != current.size;
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

  private boolean differs(State current, PageSet pages, byte[] databaseHeader) {
    boolean whole = info.backfilled() == header.mxFrame();
    if (!whole || attachment.tail().hasNews()) {
      return false; // The newest pages are in the log, or are not in the page set yet.
    }
    int pageSize = attachment.pageSize();
    byte[] page = new byte[pageSize];
    boolean same = true;
    for (int i = 0; i < PAGES_TO_COMPARE; i++) {
      int number = 1;
      if (i > 0) {
        nextIndex = nextIndex >= pages.end() - 1 ? 0 : nextIndex + 1;
        number = pages.pageAt(nextIndex);
      }
      if (number != 0 && pages.contains(number)) {
        Arrays.fill(page, (byte) 0);
        attachment.file().read(((number - 1) & 0xffffffffL) * pageSize, page, 0, pageSize);
        same &= pages.isSame(number, page);
      }
    }
    if (!current.equals(state()) || attachment.tail().hasNews()) {
      return false; // A checkpoint, or a commit, came in between.
    }
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

  private static int pageCount(byte[] databaseHeader) {
    boolean valid =
        Bytes.u32(databaseHeader, CHANGE_COUNTER_OFFSET)
            == Bytes.u32(databaseHeader, VERSION_VALID_FOR_OFFSET);
    return valid ? Bytes.u32(databaseHeader, PAGE_COUNT_OFFSET) : 0;
  }

  private @Nullable State state() {
    Checkpoint before = checkpoint();
    if (before == null) {
      return null;
    }
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(attachment.database(), BasicFileAttributes.class);
      State state = new State(before, attributes.lastModifiedTime(), attributes.size());
      return before.equals(checkpoint()) ? state : null;
    } catch (IOException e) {
      return null; // Whether the file is still there is looked at elsewhere.
    }
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
