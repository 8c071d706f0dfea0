package dev.waltap.attach;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.WalIndexHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Finds out that something other than SQLite wrote to the database file: a copy over it, an editor.
 * The log knows nothing of that. For the capture thread.
 *
 * <p>In WAL mode only a checkpoint writes to that file, and says so before ({@code
 * nBackfillAttempted}) and after ({@code nBackfill}). So where both are equal and did not move, nor
 * did the salts, the file's time and size must not have moved either. Once they did, and have come
 * to rest, it is time to compare the whole. What hides between two looks, a checkpoint and a copy
 * right after it, is not seen.
 */
public final class ForeignWrites {
  private record Checkpoint(int salt1, int salt2, int backfilled) {}

  private record State(Checkpoint checkpoint, FileTime modified, long size) {}

  private final Attachment attachment;
  private final WalIndexHeader header = new WalIndexHeader();
  private final CheckpointInfo info = new CheckpointInfo();
  private @Nullable State last;
  private boolean moved;

  public ForeignWrites(Attachment attachment) {
    this.attachment = attachment;
  }

  /**
   * Looks; to be called every now and then.
   *
   * @return whether the file was written to since, and the writing seems to have ended
   * @throws CaptureException if what stands there now can't be captured
   */
  public boolean found() {
    requireDatabase();
    State previous = last;
    State current = state();
    last = current;
    if (current == null || previous == null || !previous.checkpoint.equals(current.checkpoint)) {
      return false; // Moved or not, who wrote last was a checkpoint; what was seen stays seen.
    }
    boolean moving = !previous.modified.equals(current.modified) || previous.size != current.size;
    if (moving || !moved) {
      moved |= moving;
      return false;
    }
    moved = false;
    return true;
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
    if (!attachment.index().read(header, info) || info.backfillAttempted() != info.backfilled()) {
      return null;
    }
    return new Checkpoint(header.salt1(), header.salt2(), info.backfilled());
  }

  private void requireDatabase() {
    Path database = attachment.database();
    byte[] bytes = new byte[DatabaseHeader.SIZE];
    if (attachment.file().read(0, bytes, 0, bytes.length) == 0) {
      throw failed(database + ": the file was truncated and is empty now: restore it, start again");
    }
    DatabaseHeader now;
    try {
      now = DatabaseHeader.parse(bytes);
    } catch (DatabaseException e) {
      throw failed(database + ": the file was overwritten: " + e.getMessage());
    }
    if (!now.isWal()) {
      throw failed(
          database
              + ": the file was overwritten by a database that is not in WAL mode; turn it on and"
              + " start again");
    }
    if (now.pageSize() != attachment.format().pageSize()) {
      throw failed(
          database + ": the file was overwritten by a database of another page size: start again");
    }
  }

  private static CaptureException failed(String message) {
    return new CaptureException(Reason.FAILED, message);
  }
}
