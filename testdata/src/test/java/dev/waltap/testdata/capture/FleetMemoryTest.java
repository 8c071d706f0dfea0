// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.memory.MemoryPool;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the captures of a fleet have in common is there again when they have ended. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class FleetMemoryTest {
  private static final int ROWS = 400;
  private static final int DATABASES = 3;

  @TempDir private Path directory = Path.of("");

  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch delivered = new CountDownLatch(DATABASES * ROWS);
  private final List<Object> failures = new CopyOnWriteArrayList<>();

  private Connection open(int database) throws Exception {
    return TestDatabase.open(directory.resolve("d" + database + ".db"));
  }

  private Fleet fleet() {
    return Waltap.fleet()
        .directory(directory, "*.db", false)
        .stateRoot(directory.resolve("states"))
        .handler(batch -> batch.forEach(change -> delivered.countDown()))
        .listener(
            new FleetListener() {
              @Override
              public void ready() {
                ready.countDown();
              }

              @Override
              public void failed(FleetMember member, CaptureException failure, boolean retried) {
                failures.add(failure);
              }
            })
        .build();
  }

  @Test
  void pagesAndChangesOfAllAreGivenBack() throws Exception {
    for (int i = 0; i < DATABASES; i++) {
      try (Connection connection = open(i)) {
        TestDatabase.execute(
            connection,
            "PRAGMA journal_mode = WAL",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, content BLOB)",
            "INSERT INTO t(content) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                + " WHERE i < "
                + ROWS
                + ") SELECT randomblob(3000) FROM n");
      }
    }
    long free = MemoryPool.ofHeap().free();
    try (Fleet fleet = fleet()) {
      CompletableFuture<Void> end =
          CompletableFuture.runAsync(() -> fleet.run(CaptureMode.CDC), FleetMemoryTest::run);
      assertThat(ready.await(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < DATABASES; i++) {
        try (Connection connection = open(i)) {
          TestDatabase.execute(connection, "UPDATE t SET content = randomblob(3000)");
        }
      }
      assertThat(delivered.await(30, TimeUnit.SECONDS)).isTrue();
      fleet.close();
      end.get(30, TimeUnit.SECONDS);
      assertThat(failures).isEmpty();
      assertThat(MemoryPool.ofHeap().free()).isEqualTo(free);
    }
  }

  private static void run(Runnable task) {
    new Thread(task).start();
  }
}
