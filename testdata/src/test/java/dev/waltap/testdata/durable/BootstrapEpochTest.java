// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The rows of a bootstrap are as of the snapshot, whatever became of the WAL while they were saved.
 */
@EnabledOnOs(OS.LINUX)
class BootstrapEpochTest {

  @Test
  void emitsRowsUnderTheEpochOfTheirSnapshot() throws Exception {
    CompletableFuture<Position> firstRow = new CompletableFuture<>();
    CompletableFuture<Position> firstChange = new CompletableFuture<>();
    CountDownLatch restarted = new CountDownLatch(1);
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open();
        Connection application = database.open()) {
      TestDatabase.execute(
          writer,
          "CREATE TABLE a(id INTEGER PRIMARY KEY, v BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)"
              + " INSERT INTO a SELECT i, randomblob(3000) FROM n");
      Path state = database.directory().resolve("state");
      Path saving = state.resolve("state.db.new");
      Thread restarts =
          new Thread(
              () -> {
                try {
                  while (!Files.exists(saving)) {
                    Thread.sleep(1);
                  }
                  while (Files.exists(saving)) {
                    TestDatabase.execute(
                        application,
                        "PRAGMA wal_checkpoint(TRUNCATE)",
                        "UPDATE a SET v = randomblob(3000) WHERE id = 1");
                    Thread.sleep(5);
                  }
                } catch (Exception e) {
                  firstRow.completeExceptionally(e);
                }
                restarted.countDown();
              },
              "restarts");
      try (ChangeDataCapture capture =
          Waltap.open(database.path())
              .stateDirectory(state)
              .listener(CaptureListener.NONE)
              .handler(batch -> note(batch, firstRow, firstChange))
              .build()) {
        Thread thread = new Thread(capture::bootstrapAndCdc, "capture");
        restarts.start();
        thread.start();
        Position row = firstRow.get();
        restarted.await();
        TestDatabase.execute(writer, "DELETE FROM a WHERE id = 2");
        Position change = firstChange.get();
        assertThat(row.epoch()).as("the first epoch there is").isEqualTo(1);
        assertThat(change.epoch()).as("the WAL was restarted meanwhile").isGreaterThan(1);
        capture.close();
        thread.join();
      }
      restarts.join();
    }
  }

  private static void note(
      List<Change> batch,
      CompletableFuture<Position> firstRow,
      CompletableFuture<Position> firstChange) {
    for (Change change : batch) {
      if (change.operation() == Operation.INSERT) {
        firstRow.complete(change.position());
      } else if (change.operation() == Operation.DELETE) {
        firstChange.complete(change.position());
      }
    }
  }
}
