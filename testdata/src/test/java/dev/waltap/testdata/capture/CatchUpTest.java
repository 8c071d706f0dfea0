// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Change;
import dev.waltap.api.MemberState;
import dev.waltap.api.Operation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A parked database that is written to by connections which are closed afterwards. */
class CatchUpTest extends ParkedTestCase {
  @Test
  void whatIsCommittedIsEmittedWithoutOpeningTheDatabase() throws Exception {
    startWith("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    execute(
        NAME,
        "BEGIN",
        "INSERT INTO t VALUES (3, 'c')",
        "UPDATE t SET v = 'x' WHERE id = 1",
        "COMMIT");
    awaitDelivered("UPDATE 1", "INSERT 3");
    awaitParked();
    execute(NAME, "DELETE FROM t WHERE id < 3");
    awaitDelivered("UPDATE 1", "INSERT 3", "DELETE 1", "DELETE 2");
    awaitParked();
    assertThat(moves).containsOnly(MemberState.PARKING);
  }

  @Test
  void theNextRunGoesOnBehindWhatWasCaughtUpOn() throws Exception {
    startWith();
    for (int i = 1; i <= 5; i++) {
      execute(NAME, "INSERT INTO t VALUES (" + i + ", 'v')");
      int expected = i;
      await(() -> delivered.size() == expected);
      awaitParked();
    }
    close();
    execute(NAME, "INSERT INTO t VALUES (6, 'v')");
    start();
    awaitDelivered("INSERT 1", "INSERT 2", "INSERT 3", "INSERT 4", "INSERT 5", "INSERT 6");
  }

  @Test
  void aDatabaseIsOpenedForAnotherSchema() throws Exception {
    startWith();
    execute(NAME, "ALTER TABLE t ADD COLUMN w", "INSERT INTO t VALUES (1, 'v', 'w')");
    awaitDelivered("SCHEMA", "INSERT 1");
    assertThat(moves).contains(MemberState.RUNNING);
  }

  @Test
  void anotherFileInItsPlaceIsReconciled() throws Exception {
    startWith("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    Path copy = directory.resolve("copy");
    Files.copy(directory.resolve(NAME), copy);
    execute("copy", "DELETE FROM t WHERE id = 1");
    Files.move(copy, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    awaitDelivered("DELETE 1");
    assertThat(moves).containsExactly(MemberState.RUNNING);
  }

  @Test
  void whatTheHandlerRefusedIsDeliveredByTheNextRun() throws Exception {
    startWith();
    List<Change> refused = new CopyOnWriteArrayList<>();
    handler =
        batch -> {
          refused.addAll(batch);
          throw new IllegalStateException("refused");
        };
    execute(NAME, "INSERT INTO t VALUES (1, 'v')");
    thread.join();
    assertThat(failure.get())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("the handler failed");
    assertThat(refused).extracting(Change::operation).containsExactly(Operation.INSERT);
    handler = batch -> {};
    start();
    awaitDelivered("INSERT 1");
  }

  @Test
  void manyChangesPassInBatches() throws Exception {
    startWith();
    execute(
        NAME,
        "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 20000) SELECT i, i FROM n");
    await(() -> delivered.size() == 20_000 && !moves.isEmpty());
    assertThat(moves).containsOnly(MemberState.PARKING);
  }

  @Test
  void aDatabaseIsOpenedForALargeTransaction() throws Exception {
    startWith();
    execute(
        NAME,
        "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 20) SELECT i, zeroblob(1000000) FROM n");
    await(() -> delivered.size() == 20 && !moves.isEmpty());
    assertThat(moves).contains(MemberState.RUNNING);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aFleetThatIsClosedMeanwhileLosesNothing(int closes) throws Exception {
    startWith();
    CountDownLatch handling = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    handler =
        batch -> {
          handling.countDown();
          awaitUninterruptibly(closing);
        };
    execute(NAME, "INSERT INTO t VALUES (1, 'v')");
    handling.await();
    List<Thread> closers = new ArrayList<>();
    for (int i = 0; i < closes; i++) {
      Thread closer = new Thread(fleet::close);
      closer.start();
      closers.add(closer);
    }
    closing.countDown();
    for (Thread closer : closers) {
      closer.join();
    }
    thread.join();
    handler = batch -> {};
    execute(NAME, "INSERT INTO t VALUES (2, 'v')");
    start();
    await(() -> delivered.contains("INSERT 2"));
    assertThat(delivered).doesNotHaveDuplicates().contains("INSERT 1");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
