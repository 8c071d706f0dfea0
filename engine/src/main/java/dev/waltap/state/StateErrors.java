// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.host.Reasons;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What went wrong with the state, in words: what, what it means, and what to do. */
final class StateErrors {
  private static final String KEPT =
      "; nothing saved is lost, and capture continues from there when it is started again";

  private StateErrors() {}

  /** A statement on the state file failed. */
  static CaptureException sql(Path file, SQLException e) {
    int code = code(e) & 0xff;
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code
        || code == SQLiteErrorCode.SQLITE_NOTADB.code
        || code == SQLiteErrorCode.SQLITE_FORMAT.code) {
      return corrupt(file, e.getMessage(), e);
    }
    String what;
    if (code == SQLiteErrorCode.SQLITE_FULL.code) {
      what = "the disk is full: cannot write " + FileNames.text(file) + ": free some space" + KEPT;
    } else if (code == SQLiteErrorCode.SQLITE_READONLY.code
        || code == SQLiteErrorCode.SQLITE_PERM.code
        || code == SQLiteErrorCode.SQLITE_AUTH.code) {
      what =
          "cannot write "
              + FileNames.text(file)
              + ": it is read-only: make it and its directory writable"
              + KEPT;
    } else if (code == SQLiteErrorCode.SQLITE_CANTOPEN.code) {
      what =
          "cannot open "
              + FileNames.text(file)
              + ": its directory is gone, or not readable and writable for this user: put it right"
              + KEPT;
    } else if (code == SQLiteErrorCode.SQLITE_BUSY.code) {
      what = FileNames.text(file) + " is locked by another program: end it, or wait for it" + KEPT;
    } else {
      what =
          "cannot read or write "
              + FileNames.text(file)
              + " ("
              + e.getMessage()
              + "): check the disk"
              + KEPT;
    }
    Reason reason = code == SQLiteErrorCode.SQLITE_BUSY.code ? Reason.FAILED : Reason.DISK;
    return new CaptureException(reason, what, e);
  }

  /** A file of the state directory can't be worked with. */
  static CaptureException io(Path file, IOException e) {
    return new CaptureException(
        Reason.DISK,
        "cannot read or write "
            + FileNames.text(file)
            + " ("
            + Reasons.of(e)
            + "): check the disk"
            + KEPT,
        e);
  }

  /** The state was taken away while it was in use. */
  static CaptureException gone(Path file) {
    return new CaptureException(
        Reason.REFUSED,
        FileNames.text(file)
            + " was removed or replaced while capture was using it: the position can't be saved any"
            + " more; put the directory back, or run setup and bootstrap again");
  }

  /** What was read is not what was written. */
  static CaptureException corrupt(Path file, @Nullable String what, @Nullable Throwable cause) {
    return new CaptureException(
        Reason.REFUSED,
        FileNames.text(file)
            + " is damaged ("
            + what
            + "): it will not be used, since changes could be missed; restore its directory from a"
            + " backup, or run teardown and setup, and bootstrap again",
        cause);
  }

  static CaptureException refused(String what) {
    return new CaptureException(Reason.REFUSED, what);
  }

  private static int code(SQLException e) {
    // The first error may be wrapped; the deepest SQLite code is the one that matters.
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SQLiteException sqlite) {
        return sqlite.getResultCode().code;
      }
    }
    return e.getErrorCode();
  }
}
