// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** What else than commits happens to the files of a parked database. */
class ParkedSurroundingsTest extends ParkedTestCase {

  private Path file(String end) {
    return directory.resolve(NAME + end);
  }

  @Test
  void whatIsCommittedInExclusiveModeComesOnceThatHasEnded() throws Exception {
    startWith();
    try (SecondProcess application =
        new SecondProcess(
            file(""), "PRAGMA locking_mode = EXCLUSIVE", "INSERT INTO t VALUES (1, 1)")) {
      await(() -> member().failure() != null);
    }
    execute(NAME, "INSERT INTO t VALUES (2, 2)");
    awaitDelivered("INSERT 1", "INSERT 2");
  }

  @Test
  void whatABackupThatIsCopiedOverItLacksIsEmitted() throws Exception {
    startWith("INSERT INTO t VALUES (1, 1)");
    byte[] backup = Files.readAllBytes(file(""));
    execute(NAME, "INSERT INTO t VALUES (2, 2)");
    awaitDelivered("INSERT 2");
    awaitParked();
    Files.write(file(""), backup);
    awaitDelivered("INSERT 2", "DELETE 2");
  }

  @Test
  void whatIsCommittedInAnotherJournalModeComesWithTheNextWal() throws Exception {
    startWith();
    execute(NAME, "PRAGMA journal_mode = DELETE", "INSERT INTO t VALUES (1, 1)");
    await(() -> member().failure() != null);
    execute(NAME, "PRAGMA journal_mode = WAL", "INSERT INTO t VALUES (2, 2)");
    awaitDelivered("INSERT 1", "INSERT 2");
  }

  @Test
  void whatWasInAWalThatIsRemovedIsGone() throws Exception {
    startWith();
    try (SecondProcess application = new SecondProcess(file(""), "INSERT INTO t VALUES (1, 1)")) {
      awaitDelivered("INSERT 1");
      awaitParked();
    }
    Files.delete(file("-wal"));
    Files.delete(file("-shm"));
    try (Connection application = TestDatabase.open(file(""))) {
      TestDatabase.execute(application, "INSERT INTO t VALUES (2, 2)");
      awaitDelivered("INSERT 1", "DELETE 1", "INSERT 2");
    }
  }

  @Test
  void whatAKilledApplicationHasCommittedIsEmitted() throws Exception {
    startWith();
    for (int i = 1; i <= 3; i++) {
      new SecondProcess(
              file(""),
              "INSERT INTO t VALUES (" + i + ", 1)",
              "BEGIN",
              "PRAGMA cache_size = 5",
              "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n"
                  + " WHERE i < 100) SELECT i, randomblob(3000) FROM n")
          .close();
      int expected = i;
      await(() -> delivered.size() == expected);
    }
    awaitDelivered("INSERT 1", "INSERT 2", "INSERT 3");
  }
}
