// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.format.TextEncoding;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * What a database is known by when its state is opened again.
 *
 * @param path the database file, absolute and without symbolic links
 * @param fileKey device and inode; empty where the file system has none
 * @param pageSize bytes per page
 * @param encoding of all text
 * @param applicationId header bytes 68..71
 */
public record DatabaseIdentity(
    Path path, String fileKey, int pageSize, TextEncoding encoding, int applicationId) {

  /** What a database is, compared with the one that the state was made for. */
  public enum Match {
    /** The very file. */
    SAME(true),
    /**
     * Another file under the same path: restored, copied back, or made again. To be reconciled; the
     * WAL proves nothing.
     */
    REPLACED(true),
    /** The same file under another path. */
    MOVED(true),
    /** The right path or file, with pages of another size: no page can be compared. */
    CHANGED_FORM(false),
    /** Another path and another file. */
    OTHER(false);

    private final boolean accepted;

    Match(boolean accepted) {
      this.accepted = accepted;
    }

    /** Whether the state may be used with it. */
    public boolean accepted() {
      return accepted;
    }
  }

  /**
   * The identity of the database at this path, by facts of its header that the caller has read. The
   * file itself is not opened: closing it would drop SQLite's locks.
   *
   * @throws IOException if there is no such file
   */
  public static DatabaseIdentity of(
      Path database, int pageSize, TextEncoding encoding, int applicationId) throws IOException {
    Path path = database.toRealPath();
    Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    return new DatabaseIdentity(
        path, key == null ? "" : key.toString(), pageSize, encoding, applicationId);
  }

  /**
   * What the other one, seen now, is to this one, saved. The schema cookie, the file's size and
   * times say nothing: VACUUM and a restored backup change them, and both can be reconciled. Nor do
   * the text encoding and the application id: what the file says of them may be older than the WAL,
   * and they may change in any transaction, which is followed.
   */
  public Match match(DatabaseIdentity now) {
    boolean samePath = path.equals(now.path);
    boolean sameFile = !fileKey.isEmpty() && fileKey.equals(now.fileKey);
    if (!samePath && !sameFile) {
      return Match.OTHER;
    }
    if (pageSize != now.pageSize) {
      return Match.CHANGED_FORM;
    }
    if (!sameFile) {
      return Match.REPLACED;
    }
    return samePath ? Match.SAME : Match.MOVED;
  }

  /**
   * Whether this may be the database at that path: the same path, whether or not there is a file
   * now, or the same file.
   */
  public boolean isOf(Path database) {
    try {
      Path real = database.toRealPath();
      Object key = Files.readAttributes(real, BasicFileAttributes.class).fileKey();
      return path.equals(real) || (key != null && fileKey.equals(key.toString()));
    } catch (IOException e) {
      return path.equals(withoutFile(database));
    }
  }

  private static Path withoutFile(Path database) {
    Path absolute = database.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    try {
      return parent == null ? absolute : parent.toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      return absolute;
    }
  }

  /** One line for people: what the match with the other one means and what to do. */
  public String explain(DatabaseIdentity now) {
    return switch (match(now)) {
      case SAME -> "the state belongs to this database";
      case REPLACED ->
          FileNames.text(now.path)
              + " was replaced since its state was saved: what differs is emitted as net changes";
      case MOVED ->
          "the database of this state has moved from "
              + FileNames.text(path)
              + " to "
              + FileNames.text(now.path);
      case CHANGED_FORM ->
          "the state of "
              + FileNames.text(now.path)
              + " was made for pages of "
              + pageSize
              + " bytes, which are now "
              + now.pageSize
              + " bytes: its pages cannot be compared; run teardown and setup again, and bootstrap";
      case OTHER ->
          "this state belongs to "
              + FileNames.text(path)
              + ", not to "
              + FileNames.text(now.path)
              + ": name the state directory of this database, or set up another";
    };
  }
}
