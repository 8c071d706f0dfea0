// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseGoneException;
import dev.waltap.format.UnsupportedDatabaseException;
import dev.waltap.sqlite.SqliteConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

@Tag("slow")
class DatabaseChecksTest {

  private static final Path DATABASE = Path.of("app.db");

  @Test
  void saysWhatToDoAboutATruncationReportedTooLate() {
    InternalError late =
        new InternalError(
            "a fault occurred in a recent unsafe memory access operation in compiled Java code");
    CaptureException failed = DatabaseChecks.failed(DATABASE, late);
    assertThat(failed)
        .hasCause(late)
        .hasMessageContainingAll("app.db", "truncated", "-Dwaltap.mapWal=false");
  }

  @Test
  void saysByTheReasonWhetherToStartAgain() {
    assertThat(reason(new UncheckedIOException(new IOException("No space left on device"))))
        .isEqualTo(Reason.DISK);
    assertThat(reason(new DatabaseGoneException("truncated"))).isEqualTo(Reason.DATABASE_GONE);
    assertThat(reason(new UnsupportedDatabaseException("newer"))).isEqualTo(Reason.SCHEMA);
    assertThat(reason(new CorruptDatabaseException("page 7"))).isEqualTo(Reason.REFUSED);
    assertThat(reason(new OutOfMemoryError())).isEqualTo(Reason.FAILED);
    assertThat(reason(new IllegalStateException())).isEqualTo(Reason.BUG);
    assertThat(
            DatabaseChecks.reasonOf(
                new SQLiteException("disk I/O error", SQLiteErrorCode.SQLITE_IOERR_READ)))
        .isEqualTo(Reason.DISK);
    assertThat(DatabaseChecks.reasonOf(new SQLiteException("locked", SQLiteErrorCode.SQLITE_BUSY)))
        .isEqualTo(Reason.FAILED);
  }

  private static Reason reason(Throwable failure) {
    return DatabaseChecks.failed(DATABASE, failure).reason();
  }

  /** Kill seed 500221: the file was there, then gone, and that was taken for a lack of rights. */
  @Test
  void refusesNobodyForAWalIndexThatComesAndGoes(@TempDir Path directory) throws Exception {
    Path database = Files.createFile(directory.toRealPath().resolve("app.db"));
    Path index = directory.resolve("app.db-shm");
    AtomicBoolean done = new AtomicBoolean();
    Thread application =
        new Thread(
            () -> {
              while (!done.get()) {
                try {
                  Files.createFile(index);
                  Files.delete(index);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    application.start();
    try {
      for (int i = 0; i < 20_000; i++) {
        Access.requireCompanions(database);
      }
    } finally {
      done.set(true);
      application.join();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void namesTheProcessThatKeepsTheDatabaseLocked(@TempDir Path directory) throws Exception {
    Path database = Files.createFile(directory.resolve("app.db"));
    try (Connection application = SqliteConnections.open(database);
        Statement statement = application.createStatement()) {
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("CREATE TABLE t(v)");
      assertThat(
              DatabaseChecks.unreadable(
                  database, new SQLiteException("locked", SQLiteErrorCode.SQLITE_BUSY)))
          .hasMessageContainingAll(
              "process " + ProcessHandle.current().pid() + " (java) keeps it locked",
              "locking_mode=NORMAL")
          .hasMessageNotContaining("SQLITE_BUSY");
    }
    assertThat(
            DatabaseChecks.unreadable(
                database, new SQLiteException("locked", SQLiteErrorCode.SQLITE_BUSY)))
        .hasMessageContaining("another process keeps it locked");
  }

  @Test
  void saysOfDamageWhatToDoAndLeavesOtherErrorsTheirWords() {
    assertThat(DatabaseChecks.failed(DATABASE, new CorruptDatabaseException("page 7")))
        .hasMessage(
            "app.db: page 7; the database is damaged: run PRAGMA integrity_check and restore or"
                + " repair it");
    assertThat(DatabaseChecks.failed(DATABASE, new InternalError("other")))
        .hasMessage("app.db: an error inside the capture: java.lang.InternalError: other");
  }
}
