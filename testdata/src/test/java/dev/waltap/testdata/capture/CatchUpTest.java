// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Change;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberState;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A parked database that is written to by connections which are closed afterwards. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class CatchUpTest {
  private static final String NAME = "a.db";
  private static final String OTHER = "other.db";
  private static final Duration LIMIT = Duration.ofSeconds(50);

  @TempDir private Path directory = Path.of("");

  /** What was delivered of {@link #NAME}: its operations and keys. */
  private final List<String> delivered = new CopyOnWriteArrayList<>();

  private final List<Position> positions = new CopyOnWriteArrayList<>();

  /** What became of it each time that it was opened. */
  private final List<MemberState> moves = new CopyOnWriteArrayList<>();

  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile Consumer<List<Change>> handler = batch -> {};
  private Fleet fleet = Waltap.fleet().databases(Path.of(NAME)).noState().handler(b -> {}).build();
  private Thread thread = new Thread(() -> {});

  private void make(String name) throws SQLException {
    execute(name, "PRAGMA journal_mode = WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
  }

  /** By a connection of its own, which is closed, and which removes the WAL. */
  private void execute(String name, String... statements) throws SQLException {
    try (Connection connection = TestDatabase.open(directory.resolve(name))) {
      TestDatabase.execute(connection, statements);
    }
  }

  private void take(List<Change> batch) {
    if (!batch.get(0).source().database().equals(NAME)) {
      return;
    }
    handler.accept(batch);
    for (Change change : batch) {
      positions.add(change.position());
      var row = change.after() != null ? change.after() : change.before();
      delivered.add(change.operation() + (row == null ? "" : " " + row.getLong(0)));
    }
  }

  /**
   * Starts a fleet that has room for one database, and waits until the one of the test is parked.
   */
  private void start() throws Exception {
    CountDownLatch ready = new CountDownLatch(1);
    fleet =
        Waltap.fleet()
            .databases(directory.resolve(NAME), directory.resolve(OTHER))
            .maxOpen(1)
            .stateRoot(directory.resolve("states"))
            .handler(this::take)
            .listener(
                new FleetListener() {
                  @Override
                  public void ready() {
                    ready.countDown();
                  }

                  @Override
                  public void moved(FleetMember member, MemberState from, MemberState to) {
                    if (from == MemberState.OPENING && member.name().equals(NAME)) {
                      moves.add(to);
                    }
                  }
                })
            .build();
    Fleet running = fleet;
    thread =
        new Thread(
            () -> {
              try {
                running.run(CaptureMode.CDC);
              } catch (CaptureException e) {
                failure.set(e);
              }
            });
    thread.start();
    assertThat(ready.await(30, TimeUnit.SECONDS)).isTrue();
    park();
  }

  private void startWith(String... statements) throws Exception {
    make(NAME);
    make(OTHER);
    execute(NAME, statements);
    start();
  }

  private FleetMember member() {
    return fleet.members().stream().filter(m -> m.name().equals(NAME)).findFirst().orElseThrow();
  }

  private void park() throws Exception {
    FleetMember member = member();
    Await.until(
        LIMIT,
        () -> {
          if (member.state() == MemberState.RUNNING) {
            execute(OTHER, "REPLACE INTO t VALUES (1, random())");
          }
          return member.state() == MemberState.PARKED;
        },
        () -> "it is not parked: " + member);
    moves.clear();
  }

  private void await(Await.Condition condition) throws Exception {
    Await.until(LIMIT, condition, () -> "only " + delivered + " came, by " + moves);
  }

  private void awaitDelivered(String... changes) throws Exception {
    await(() -> delivered.size() >= changes.length);
    assertThat(delivered).containsExactly(changes);
  }

  @AfterEach
  void close() throws InterruptedException {
    fleet.close();
    thread.join();
  }

  @Test
  void whatIsCommittedIsEmittedWithoutOpeningTheDatabase() throws Exception {
    startWith("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    execute(NAME, "INSERT INTO t VALUES (3, 'c')", "UPDATE t SET v = 'x' WHERE id = 1");
    awaitDelivered("UPDATE 1", "INSERT 3");
    await(() -> !moves.isEmpty());
    execute(NAME, "DELETE FROM t WHERE id < 3");
    awaitDelivered("UPDATE 1", "INSERT 3", "DELETE 1", "DELETE 2");
    await(() -> moves.size() == 2);
    assertThat(moves).containsOnly(MemberState.PARKING);
  }

  @Test
  void theNextRunGoesOnBehindWhatWasCaughtUpOn() throws Exception {
    startWith();
    for (int i = 1; i <= 5; i++) {
      execute(NAME, "INSERT INTO t VALUES (" + i + ", 'v')");
      int expected = i;
      await(() -> delivered.size() == expected && moves.size() == expected);
    }
    close();
    execute(NAME, "INSERT INTO t VALUES (6, 'v')");
    start();
    awaitDelivered("INSERT 1", "INSERT 2", "INSERT 3", "INSERT 4", "INSERT 5", "INSERT 6");
  }

  private void awaitParked() throws Exception {
    FleetMember member = member();
    await(() -> member.state() == MemberState.PARKED);
  }

  @Test
  void whatAConnectionCommitsThatStaysIsReadFromItsLog() throws Exception {
    startWith();
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      for (int i = 1; i <= 5; i++) {
        TestDatabase.execute(connection, "INSERT INTO t VALUES (" + i + ", 'v')");
        int expected = i;
        await(() -> delivered.size() == expected);
        awaitParked();
      }
      assertThat(moves).containsOnly(MemberState.PARKING);
      assertThat(positions).isSorted().doesNotHaveDuplicates();
      assertThat(positions).extracting(Position::epoch).containsOnly(positions.get(0).epoch());
    }
    execute(NAME, "INSERT INTO t VALUES (6, 'v')");
    awaitDelivered("INSERT 1", "INSERT 2", "INSERT 3", "INSERT 4", "INSERT 5", "INSERT 6");
  }

  @Test
  void eachOfItsTransactionsIsEmittedAsItWasCommitted() throws Exception {
    startWith();
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      TestDatabase.execute(
          connection,
          "INSERT INTO t VALUES (1, 'v')",
          "UPDATE t SET v = 'w'",
          "DELETE FROM t",
          "INSERT INTO t VALUES (2, 'v')");
      awaitDelivered("INSERT 1", "UPDATE 1", "DELETE 1", "INSERT 2");
      awaitParked();
    }
  }

  @Test
  void aLogThatWasBegunAgainIsReadFromItsStart() throws Exception {
    startWith();
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      TestDatabase.execute(connection, "INSERT INTO t VALUES (1, 'v')");
      await(() -> delivered.size() == 1);
      awaitParked();
      TestDatabase.execute(connection, "PRAGMA wal_checkpoint(PASSIVE)");
      await(
          () -> moves.contains(MemberState.RUNNING)); // Who wrote to the file has to be found out.
      park();
      TestDatabase.execute(connection, "INSERT INTO t VALUES (2, 'v')");
      awaitDelivered("INSERT 1", "INSERT 2");
      awaitParked();
      assertThat(moves).containsOnly(MemberState.PARKING);
      assertThat(positions.get(1).epoch()).isGreaterThan(positions.get(0).epoch());
      assertThat(positions.get(1).frame()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aConnectionWhoseTransactionWasRolledBackIsFollowed() throws Exception {
    startWith();
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      TestDatabase.execute(connection, "INSERT INTO t VALUES (1, 'v')");
      await(() -> delivered.size() == 1);
      TestDatabase.execute(
          connection,
          "PRAGMA cache_size = 5",
          "BEGIN",
          "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
              + " WHERE i < 400) SELECT i, randomblob(500) FROM n",
          "ROLLBACK");
      awaitParked();
      TestDatabase.execute(connection, "INSERT INTO t VALUES (2, 'v')");
      awaitDelivered("INSERT 1", "INSERT 2");
    }
  }

  /**
   * Two transactions that are found by one look, of which the second is larger than what is held of
   * it, and than what its connection holds of it: its page 1 comes late in it.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 20})
  void aLargeTransactionBehindASmallOneIsSavedAsItIs(int cachedPages) throws Exception {
    startWith(
        "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 2000) SELECT i, hex(randomblob(100)) FROM n");
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      TestDatabase.execute(
          connection,
          "PRAGMA wal_autocheckpoint = 0",
          "PRAGMA cache_size = " + cachedPages,
          "UPDATE t SET v = 'y' WHERE id = 7");
      await(() -> delivered.size() == 1);
      park();
      AtomicBoolean first = new AtomicBoolean(true);
      handler =
          batch -> {
            if (first.getAndSet(false)) {
              writeTwo(connection);
            }
          };
      TestDatabase.execute(connection, "UPDATE t SET v = 'z' WHERE id = 7");
      await(() -> delivered.size() == 2 + 50 + 801);
      awaitParked();
      assertThat(moves).containsOnly(MemberState.PARKING);
      // By a session, which takes in what was saved.
      TestDatabase.execute(
          connection, "ALTER TABLE t ADD COLUMN w", "INSERT INTO t VALUES (9999, 'v', 'w')");
      await(() -> delivered.contains("INSERT 9999"));
      assertThat(member().failure()).isNull();
    }
  }

  private static void writeTwo(Connection connection) {
    try {
      TestDatabase.execute(
          connection,
          "UPDATE t SET v = v || 'x' WHERE id % 40 = 1",
          "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 5000 UNION ALL SELECT i + 1 FROM n"
              + " WHERE i < 5800) SELECT i, hex(randomblob(400)) FROM n");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void manyTransactionsOfAConnectionThatStaysComeInOrder() throws Exception {
    startWith();
    String[] expected = new String[100];
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      for (int i = 0; i < expected.length; i++) {
        TestDatabase.execute(connection, "INSERT INTO t VALUES (" + i + ", 'v')");
        expected[i] = "INSERT " + i;
      }
      awaitDelivered(expected);
    }
    close();
    start();
    assertThat(delivered).hasSize(expected.length);
  }

  @Test
  void whatTheHandlerRefusedOfALogIsDeliveredByTheNextRun() throws Exception {
    startWith();
    handler =
        batch -> {
          throw new IllegalStateException("refused");
        };
    try (Connection connection = TestDatabase.open(directory.resolve(NAME))) {
      TestDatabase.execute(
          connection, "INSERT INTO t VALUES (1, 'v')", "INSERT INTO t VALUES (2, 'v')");
      thread.join();
      assertThat(failure.get()).hasMessageContaining("the handler failed");
      handler = batch -> {};
      start();
      awaitDelivered("INSERT 1", "INSERT 2");
    }
  }

  @Test
  void aDatabaseIsOpenedForAnotherSchema() throws Exception {
    startWith();
    execute(NAME, "ALTER TABLE t ADD COLUMN w", "INSERT INTO t VALUES (1, 'v', 'w')");
    awaitDelivered("SCHEMA", "INSERT 1");
    assertThat(moves).containsExactly(MemberState.RUNNING);
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
    assertThat(moves).containsExactly(MemberState.PARKING);
  }

  @Test
  void aDatabaseIsOpenedForALargeTransaction() throws Exception {
    startWith();
    execute(
        NAME,
        "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 20) SELECT i, zeroblob(1000000) FROM n");
    await(() -> delivered.size() == 20 && !moves.isEmpty());
    assertThat(moves).containsExactly(MemberState.RUNNING);
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
