// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Change;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.capture.CaptureEngine;
import dev.waltap.capture.CaughtUp;
import dev.waltap.capture.Parked;
import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
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

/** When a capture catches up, and when it leaves that to a run. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class CatchUpConditionsTest {
  @TempDir private Path directory = Path.of("");
  private final List<Change> delivered = new CopyOnWriteArrayList<>();

  private Path database() {
    return directory.resolve("a.db");
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = TestDatabase.open(database())) {
      TestDatabase.execute(connection, statements);
    }
  }

  @BeforeEach
  void make() throws SQLException {
    execute("PRAGMA journal_mode = WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY)");
  }

  private CaptureBuilder builder() {
    return Waltap.open(database()).stateDirectory(directory.resolve("state"));
  }

  private CaptureEngine engine(CaptureBuilder builder) {
    return (CaptureEngine) builder.handler(delivered::addAll).build();
  }

  /** What a capture with these options leaves that was closed once so much was delivered. */
  private @Nullable Parked parked(CaptureBuilder builder, int changes) throws Exception {
    try (CaptureEngine engine = engine(builder)) {
      engine.start(CaptureMode.CDC).awaitReady(Duration.ofSeconds(30));
      Await.until(
          Duration.ofSeconds(50), () -> delivered.size() >= changes, () -> "only " + delivered);
      engine.close();
      return engine.parked();
    }
  }

  private Parked parked(int changes) throws Exception {
    return Objects.requireNonNull(parked(builder(), changes));
  }

  private Parked parked() throws Exception {
    return parked(0);
  }

  private static CaughtUp inFile(CaptureEngine engine, Parked parked) {
    return engine.catchUp(parked, false, () -> true);
  }

  @Test
  void itCatchesUpAgainAndAgain() throws Exception {
    Parked parked = parked();
    for (int i = 1; i <= 3; i++) {
      execute("INSERT INTO t VALUES (" + i + ")");
      try (CaptureEngine engine = engine(builder())) {
        assertThat(inFile(engine, parked)).isEqualTo(CaughtUp.EMITTED);
        parked = Objects.requireNonNull(engine.parked());
      }
      assertThat(delivered).hasSize(i);
    }
    assertThat(delivered).extracting(change -> change.position().epoch()).isSorted();
  }

  @Test
  void nothingIsDoneIfTheDatabaseChangedMeanwhile() throws Exception {
    Parked parked = parked();
    execute("INSERT INTO t VALUES (1)");
    try (CaptureEngine engine = engine(builder())) {
      assertThat(engine.catchUp(parked, false, () -> false)).isEqualTo(CaughtUp.UNKNOWN);
      assertThat(delivered).isEmpty();
      assertThat(engine.parked()).isNull();
    }
    try (CaptureEngine engine = engine(builder())) {
      assertThat(inFile(engine, parked)).isEqualTo(CaughtUp.EMITTED);
    }
    assertThat(delivered).hasSize(1);
  }

  @Test
  void nothingIsDoneOnceAnotherRunHasTakenTheState() throws Exception {
    Parked parked = parked();
    execute("INSERT INTO t VALUES (1)");
    parked(1); // A whole run, which emits it.
    execute("INSERT INTO t VALUES (2)");
    try (CaptureEngine engine = engine(builder())) {
      assertThat(inFile(engine, parked)).isEqualTo(CaughtUp.UNKNOWN);
    }
    assertThat(delivered).hasSize(1);
  }

  @Test
  void aHandlerThatInterruptsItsThreadHasDeliveredAllTheSame() throws Exception {
    Parked parked = parked();
    execute("INSERT INTO t VALUES (1)");
    CaptureBuilder interrupting =
        builder()
            .handler(
                batch -> {
                  delivered.addAll(batch);
                  Thread.currentThread().interrupt();
                });
    try (CaptureEngine engine = (CaptureEngine) interrupting.build()) {
      assertThatThrownBy(() -> inFile(engine, parked)).hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
    execute("INSERT INTO t VALUES (2)");
    parked(2);
    assertThat(delivered)
        .extracting(change -> Objects.requireNonNull(change.key()).getLong(0))
        .containsExactly(1L, 2L);
  }

  private static CaughtUp inLog(CaptureEngine engine, Parked parked) {
    return engine.catchUp(parked, true, () -> true);
  }

  @Test
  void itGoesOnInALogThatWasBegunAgainOnceAllWasCheckpointed() throws Exception {
    try (Connection application = TestDatabase.open(database())) {
      TestDatabase.execute(
          application, "INSERT INTO t VALUES (1)", "PRAGMA wal_checkpoint(PASSIVE)");
      Parked parked = parked();
      TestDatabase.execute(application, "INSERT INTO t VALUES (2)");
      try (CaptureEngine engine = engine(builder())) {
        assertThat(inLog(engine, parked)).isEqualTo(CaughtUp.EMITTED);
        assertThat(engine.metrics().frames()).isPositive();
        assertThat(inLog(engine, Objects.requireNonNull(engine.parked())))
            .isEqualTo(CaughtUp.NOTHING);
        engine.endCaughtUp();
      }
      assertThat(delivered).hasSize(1);
    }
  }

  @Test
  void aLogThatSomebodyDeletedIsNotTakenForOneThatWasBegunAgain() throws Exception {
    Parked parked;
    try (SecondProcess application = new SecondProcess(database(), "INSERT INTO t VALUES (1)")) {
      parked = parked();
    }
    Files.delete(directory.resolve("a.db-wal"));
    Files.delete(directory.resolve("a.db-shm"));
    try (Connection application = TestDatabase.open(database())) {
      TestDatabase.execute(application, "INSERT INTO t VALUES (2)");
      try (CaptureEngine engine = engine(builder())) {
        assertThat(inLog(engine, parked)).isEqualTo(CaughtUp.UNKNOWN);
      }
      parked(2);
    }
    assertThat(delivered)
        .extracting(change -> change.operation() + " " + change.position().epoch())
        .containsExactly("DELETE 2", "INSERT 2");
  }

  @Test
  void whatTheApplicationCommittedBeforeItWasKilledIsInItsLog() throws Exception {
    Parked parked = parked();
    new SecondProcess(database(), "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)").close();
    try (CaptureEngine engine = engine(builder())) {
      assertThat(inLog(engine, parked)).isEqualTo(CaughtUp.EMITTED);
    }
    assertThat(delivered).hasSize(2);
  }

  @Test
  void nothingIsSaidOnceAnotherRunHasTakenTheState() throws Exception {
    try (Connection application = TestDatabase.open(database())) {
      TestDatabase.execute(application, "INSERT INTO t VALUES (1)");
      Parked parked = parked();
      try (CaptureEngine engine = engine(builder())) {
        assertThat(inLog(engine, parked)).isEqualTo(CaughtUp.NOTHING);
      }
      TestDatabase.execute(application, "INSERT INTO t VALUES (2)");
      parked(1);
      try (CaptureEngine engine = engine(builder())) {
        assertThat(inLog(engine, parked)).isEqualTo(CaughtUp.UNKNOWN);
      }
    }
  }

  private void assertLeftToARun(Parked parked) {
    try (CaptureEngine engine = engine(builder())) {
      assertThat(inFile(engine, parked)).isEqualTo(CaughtUp.UNKNOWN);
    }
    assertThat(delivered).isEmpty();
  }

  @Test
  void aDatabaseThatWasCutOffIsNotWhole() throws Exception {
    execute("CREATE TABLE u(id INTEGER PRIMARY KEY)");
    Parked parked = parked();
    try (FileChannel file = FileChannel.open(database(), StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 4096);
    }
    assertLeftToARun(parked);
  }

  @Test
  void aDatabaseOfTwoNamesMayHaveTwoLogs() throws Exception {
    Parked parked = parked();
    execute("INSERT INTO t VALUES (1)");
    Files.createLink(directory.resolve("b.db"), database());
    assertLeftToARun(parked);
  }

  @Test
  void aDatabaseThatLeftWalModeIsRefusedByARun() throws Exception {
    Parked parked = parked();
    execute("PRAGMA journal_mode = DELETE", "INSERT INTO t VALUES (1)");
    assertLeftToARun(parked);
  }

  static Stream<UnaryOperator<CaptureBuilder>> optionsThatWantMore() {
    return Stream.of(
        builder -> builder.onGap(GapPolicy.FAIL),
        builder -> builder.onGap(GapPolicy.BOOTSTRAP),
        builder -> builder.guard(GuardMode.ALWAYS));
  }

  @ParameterizedTest
  @MethodSource("optionsThatWantMore")
  void nothingIsLeftToCatchUpFromWhereNetChangesWillNotDo(UnaryOperator<CaptureBuilder> options)
      throws Exception {
    assertThat(parked(options.apply(builder()), 0)).isNull();
  }
}
