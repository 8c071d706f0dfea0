// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import dev.waltap.host.FileLocks;
import dev.waltap.host.Processes;
import dev.waltap.host.UnixAttribute;
import java.io.IOException;
import java.nio.file.Path;

/** Says who keeps a database locked, and what to do about it. */
final class Locked {

  /** The bytes that a connection locks: shared as long as it is open, exclusively to keep all. */
  static final long SHARED_FIRST = (1L << 30) + 2;

  private Locked() {}

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
      return FileLocks.read().on(UnixAttribute.INODE.of(database), SHARED_FIRST).stream()
          .filter(FileLocks.Lock::exclusive)
          .findFirst()
          .map(lock -> Processes.describe(lock.process()))
          .orElse("another process");
    } catch (IOException e) {
      return "another process";
    }
  }
}
