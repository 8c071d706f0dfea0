// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberState;
import dev.waltap.api.Position;
import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A database that a fleet parks, since it has room for one, and there are two; and what comes of it
 * when it is written to.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
abstract class ParkedTestCase {
  static final String NAME = "a.db";
  static final String OTHER = "other.db";
  static final Duration LIMIT = Duration.ofSeconds(50);

  @TempDir Path directory = Path.of("");

  /** What was delivered of {@link #NAME}: its operations and keys. */
  final List<String> delivered = new CopyOnWriteArrayList<>();

  final List<Position> positions = new CopyOnWriteArrayList<>();

  /** What became of it each time that it was opened. */
  final List<MemberState> moves = new CopyOnWriteArrayList<>();

  final AtomicReference<Throwable> failure = new AtomicReference<>();
  volatile Consumer<List<Change>> handler = batch -> {};
  Fleet fleet = Waltap.fleet().databases(Path.of(NAME)).noState().handler(b -> {}).build();
  Thread thread = new Thread(() -> {});

  void make(String name) throws SQLException {
    execute(name, "PRAGMA journal_mode = WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
  }

  /** By a connection of its own, which is closed, and which removes the WAL. */
  void execute(String name, String... statements) throws SQLException {
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
  void start() throws Exception {
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
    thread = FleetThread.start(fleet, ready, 30, failure);
    park();
  }

  void startWith(String... statements) throws Exception {
    make(NAME);
    make(OTHER);
    execute(NAME, statements);
    start();
  }

  FleetMember member() {
    return fleet.members().stream().filter(m -> m.name().equals(NAME)).findFirst().orElseThrow();
  }

  void park() throws Exception {
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

  void await(Await.Condition condition) throws Exception {
    Await.until(LIMIT, condition, () -> "only " + delivered + " came, by " + moves);
  }

  void awaitDelivered(String... changes) throws Exception {
    await(() -> delivered.size() >= changes.length);
    assertThat(delivered).containsExactly(changes);
  }

  void awaitParked() throws Exception {
    FleetMember member = member();
    await(() -> member.state() == MemberState.PARKED);
  }

  @AfterEach
  void close() throws InterruptedException {
    fleet.close();
    thread.join();
  }
}
