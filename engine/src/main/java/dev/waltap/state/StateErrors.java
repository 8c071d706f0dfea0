// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.host.Reasons;
import dev.waltap.io.FileNames;
import dev.waltap.sqlite.ResultCodes;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/** What went wrong with the state, in words: what, what it means, and what to do. */
final class StateErrors {
  private static final String KEPT =
      "; nothing saved is lost, and capture continues from there when it is started again";

  private StateErrors() {}

  /** A statement on the state file failed. */
  static CaptureException sql(Path file, SQLException e) {
    String name = FileNames.text(file);
    SQLiteErrorCode code = ResultCodes.primary(e);
    String what =
        switch (code) {
          case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT -> null;
          case SQLITE_FULL -> full(name);
          case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH ->
              "cannot write " + name + ": it is read-only: make it and its directory writable";
          case SQLITE_CANTOPEN ->
              "cannot open "
                  + name
                  + ": its directory is gone, or not readable and writable for this user: put it"
                  + " right";
          case SQLITE_BUSY -> name + " is locked by another program: end it, or wait for it";
          default -> "cannot read or write " + name + " (" + e.getMessage() + "): check the disk";
        };
    if (what == null) {
      return corrupt(file, e.getMessage(), e);
    }
    Reason reason = code == SQLiteErrorCode.SQLITE_BUSY ? Reason.FAILED : Reason.DISK;
    return new CaptureException(reason, what + KEPT, e);
  }

  private static String full(String name) {
    return "the disk is full: cannot write " + name + ": free some space";
  }

  /** A file of the state directory can't be worked with. */
  static CaptureException io(Path file, IOException e) {
    if (String.valueOf(e.getMessage()).contains("No space left on device")) {
      return new CaptureException(Reason.DISK, full(FileNames.text(file)) + KEPT, e);
    }
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

  /** Something went wrong with it before. */
  static CaptureException ended(Path file, @Nullable Throwable failure) {
    return new CaptureException(
        Reason.FAILED,
        FileNames.text(file) + ": an earlier failure ended the work on it: start the capture again",
        failure);
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
}
