// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.GapPolicy;
import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** DDL in a database of thousands of tables costs what it changes. */
class ManyTablesTest {
  private static final int TABLES = 4000;
  private static final int DDL = 150;

  /** A whole parse of so many tables takes a good part of a second, even when nothing else runs. */
  private static final int LIMIT_SECONDS = 45;

  @Test
  void emitsDdlWithoutParsingTheOtherTables() throws Exception {
    Queue<Change> changes = new ConcurrentLinkedQueue<>();
    Semaphore emitted = new Semaphore(0);
    CountDownLatch ready = new CountDownLatch(1);
    CaptureListener listener =
        new CaptureListener() {
          @Override
          public void ready() {
            ready.countDown();
          }
        };
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      TestDatabase.execute(writer, "BEGIN");
      for (int i = 0; i < TABLES; i++) {
        TestDatabase.execute(writer, "CREATE TABLE t" + i + "(id INTEGER PRIMARY KEY, v)");
      }
      TestDatabase.execute(writer, "COMMIT");
      try (ChangeDataCapture capture =
          Waltap.open(database.path())
              .onGap(GapPolicy.FAIL)
              .listener(listener)
              .handler(
                  batch -> {
                    changes.addAll(batch);
                    emitted.release(batch.size());
                  })
              .build()) {
        Thread thread = new Thread(capture::cdc, "capture");
        thread.start();
        assertThat(ready.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < DDL; i++) {
          TestDatabase.execute(
              writer, "CREATE INDEX i" + i + " ON t" + i + "(v)", "CREATE TABLE n" + i + "(v)");
        }
        assertThat(emitted.tryAcquire(DDL, LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        capture.close();
        thread.join();
      }
    }
    assertThat(changes).hasSize(DDL).first().hasFieldOrPropertyWithValue("table", "n0");
  }
}
