// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.host.FileLocks;
import dev.waltap.host.Processes;
import dev.waltap.host.UnixAttribute;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Says who keeps a database locked, and what to do about it. */
public final class Locked {

  /** The bytes that a connection locks: shared as long as it is open, exclusively to keep all. */
  static final long SHARED_FIRST = (1L << 30) + 2;

  private static final int LOOKS = 3;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private Locked() {}

  /**
   * One line on a database that somebody keeps locked for longer than it takes to close it; null if
   * nobody does, as far as the system says.
   */
  public static @Nullable String problem(Path database) throws IOException {
    for (int look = 0; look < LOOKS; look++) {
      if (look > 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      if (exclusive(database).isEmpty()) {
        return null;
      }
    }
    return describe(database);
  }

  /** One line on a database that could not be read, since it stayed locked. */
  static String describe(Path database) {
    return database
        + ": "
        + holder(database)
        + " keeps it locked; if by PRAGMA locking_mode=EXCLUSIVE, its log can be read by nobody"
        + " else: use locking_mode=NORMAL there, or start again when it has closed the database;"
        + " nothing was changed";
  }

  private static String holder(Path database) {
    try {
      return exclusive(database).stream()
          .findFirst()
          .map(lock -> Processes.describe(lock.process()))
          .orElse("another process");
    } catch (IOException e) {
      return "another process";
    }
  }

  private static List<FileLocks.Lock> exclusive(Path database) throws IOException {
    return FileLocks.read().on(UnixAttribute.INODE.of(database), SHARED_FIRST).stream()
        .filter(FileLocks.Lock::exclusive)
        .toList();
  }
}
