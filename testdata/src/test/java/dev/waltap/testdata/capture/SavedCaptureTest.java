// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Change;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.api.MemberState;
import dev.waltap.capture.CaptureEngine;
import dev.waltap.capture.CaughtUp;
import dev.waltap.capture.Parked;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Catching up from what an earlier run has left on disk. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SavedCaptureTest {
  @TempDir private Path directory = Path.of("");
  private final List<Change> delivered = new CopyOnWriteArrayList<>();

  private Path database() {
    return directory.resolve("a.db");
  }

  private void execute(Path file, String... statements) throws SQLException {
    try (Connection connection = TestDatabase.open(file)) {
      TestDatabase.execute(connection, statements);
    }
  }

  @BeforeEach
  void make() throws SQLException {
    execute(
        database(),
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
        "CREATE TABLE u(id INTEGER PRIMARY KEY)");
  }

  private CaptureBuilder builder() {
    return Waltap.open(database()).stateDirectory(directory.resolve("state"));
  }

  private CaptureEngine engine(CaptureBuilder builder) {
    return (CaptureEngine) builder.handler(delivered::addAll).build();
  }

  /** Runs with these options until all is captured that was there, and nothing is left to do. */
  private void run(CaptureBuilder builder) throws Exception {
    boolean parked = false;
    while (!parked) { // One that is closed as soon as it is ready may have a gap to close still.
      try (CaptureEngine engine = engine(builder)) {
        engine.start(CaptureMode.CDC).awaitReady(Duration.ofSeconds(30));
        engine.close();
        parked = engine.parked() != null;
      }
    }
  }

  private @Nullable Parked saved(CaptureBuilder builder) {
    try (CaptureEngine engine = engine(builder)) {
      return engine.saved();
    }
  }

  @Test
  void anotherProcessCatchesUpFromTheStateAlone() throws Exception {
    for (int i = 1; i <= 3; i++) {
      run(builder());
      execute(database(), "INSERT INTO t VALUES (" + i + ", 'v')");
      try (CaptureEngine engine = engine(builder())) {
        assertThat(engine.catchUp(Objects.requireNonNull(engine.saved()), false, () -> true))
            .isEqualTo(CaughtUp.EMITTED);
        assertThat(engine.parked()).isNotNull();
      }
      assertThat(delivered).hasSize(i);
      assertThat(saved(builder())).as("something was added to the state").isNull();
    }
    assertThat(delivered).extracting(change -> change.position().epoch()).isSorted();
  }

  @Test
  void nothingIsLoadedBeforeTheFirstRun() {
    assertThat(saved(builder())).isNull();
    assertThat(directory.resolve("state")).doesNotExist();
  }

  static Stream<UnaryOperator<CaptureBuilder>> otherOptions() {
    return Stream.of(
        builder -> builder.onGap(GapPolicy.FAIL),
        builder -> builder.onGap(GapPolicy.BOOTSTRAP),
        builder -> builder.guard(GuardMode.ALWAYS),
        builder -> builder.rebootstrap(true),
        builder -> builder.tables("t"),
        builder -> builder.excludeTables("u"),
        builder -> builder.excludeColumns("t.missing"),
        CaptureBuilder::noState);
  }

  @ParameterizedTest
  @MethodSource("otherOptions")
  void nothingIsLoadedForOtherOptions(UnaryOperator<CaptureBuilder> options) throws Exception {
    run(builder());
    assertThat(saved(builder())).isNotNull();
    assertThat(saved(options.apply(builder()))).isNull();
  }

  @Test
  void nothingIsLoadedIfATableThatWasAskedForIsGone() throws Exception {
    run(builder().tables("t", "u"));
    assertThat(saved(builder().tables("t", "u"))).isNotNull();
    try (CaptureEngine engine = engine(builder().tables("t", "u"))) {
      engine.start(CaptureMode.CDC).awaitReady(Duration.ofSeconds(30));
      execute(database(), "DROP TABLE u");
      while (delivered.isEmpty()) {
        Thread.sleep(2); // Until the test's time is up.
      }
    }
    assertThat(saved(builder().tables("t", "u"))).isNull();
  }

  @Test
  void nothingIsLoadedForAnotherFileInItsPlace() throws Exception {
    run(builder());
    Path copy = directory.resolve("copy");
    Files.copy(database(), copy);
    Files.move(copy, database(), StandardCopyOption.ATOMIC_MOVE);
    assertThat(saved(builder())).isNull();
    Files.delete(database());
    assertThat(saved(builder())).isNull();
  }

  @Test
  void nothingIsLoadedIfThePagesOfTheSchemaAreDamaged() throws Exception {
    run(builder());
    execute(directory.resolve("state/state.db"), "UPDATE page SET data = x'00' WHERE number = 1");
    assertThat(saved(builder())).isNull();
    execute(directory.resolve("state/state.db"), "DELETE FROM page WHERE number = 1");
    assertThat(saved(builder())).isNull();
  }

  /** Runs a fleet while something is done; gives how the states of its one database changed. */
  private List<String> runFleet(Callable<Void> meanwhile) throws Exception {
    List<String> moves = new CopyOnWriteArrayList<>();
    CountDownLatch ready = new CountDownLatch(1);
    FleetListener listener =
        new FleetListener() {
          @Override
          public void ready() {
            ready.countDown();
          }

          @Override
          public void moved(FleetMember member, MemberState from, MemberState to) {
            moves.add(from + " " + to);
          }
        };
    Fleet fleet =
        Waltap.fleet()
            .databases(database())
            .stateRoot(directory.resolve("states"))
            .idleAfter(Duration.ofMillis(1))
            .handler(delivered::addAll)
            .listener(listener)
            .build();
    Thread thread = new Thread(() -> fleet.run(CaptureMode.CDC));
    thread.start();
    try {
      ready.await();
      meanwhile.call();
      while (fleet.members().get(0).state() != MemberState.PARKED) {
        Thread.sleep(2); // Until the test's time is up.
      }
    } finally {
      fleet.close();
      thread.join();
    }
    return moves;
  }

  @Test
  void aFleetCatchesUpRightAfterItIsStartedAgain() throws Exception {
    assertThat(runFleet(() -> null)).contains("OPENING RUNNING");
    List<String> moves =
        runFleet(
            () -> {
              execute(database(), "INSERT INTO t VALUES (1, 'v')");
              while (delivered.isEmpty()) {
                Thread.sleep(2); // Until the test's time is up.
              }
              return null;
            });
    assertThat(moves)
        .containsSubsequence("WAITING PARKED", "WAITING OPENING", "OPENING PARKING")
        .doesNotContain("OPENING RUNNING");
    assertThat(runFleet(() -> null))
        .as("it was parked again")
        .contains("WAITING PARKED")
        .doesNotContain("WAITING OPENING");
    assertThat(delivered).hasSize(1);
  }
}
