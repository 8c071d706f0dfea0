// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.waltap.FleetBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Fleet;
import dev.waltap.api.FleetListener;
import dev.waltap.api.FleetMember;
import dev.waltap.api.MemberOutput;
import dev.waltap.api.MemberState;
import dev.waltap.fleet.DatabaseSource;
import dev.waltap.fleet.FleetEngine;
import dev.waltap.io.DirectoryEntries;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Many databases by one fleet, embedded. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class FleetTest {
  @TempDir private Path directory = Path.of("");

  private final Map<String, List<Long>> delivered = new ConcurrentHashMap<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final List<String> notes = new CopyOnWriteArrayList<>();

  private Path make(String name) throws SQLException {
    Path path = directory.resolve(name);
    try (Connection connection = TestDatabase.open(path)) {
      TestDatabase.execute(
          connection, "PRAGMA journal_mode = WAL", "CREATE TABLE t(id INTEGER PRIMARY KEY)");
    }
    return path;
  }

  private void insert(String name, long id) throws SQLException {
    try (Connection connection = TestDatabase.open(directory.resolve(name))) {
      TestDatabase.execute(connection, "INSERT INTO t VALUES (" + id + ")");
    }
  }

  private void take(List<Change> batch) {
    for (Change change : batch) {
      if (change.after() != null) {
        delivered
            .computeIfAbsent(change.source().database(), name -> new CopyOnWriteArrayList<>())
            .add(change.after().getLong(0));
      }
    }
  }

  private FleetBuilder builder() {
    return Waltap.fleet()
        .directory(directory, "*.db", false)
        .stateRoot(directory.resolve("states"))
        .idleAfter(Duration.ofMillis(100))
        .handler(this::take)
        .listener(
            new FleetListener() {
              @Override
              public void ready() {
                ready.countDown();
              }

              @Override
              public void note(FleetMember member, String message) {
                notes.add(message);
              }
            });
  }

  private Thread start(Fleet fleet) throws InterruptedException {
    return FleetThread.start(fleet, ready, 30, failure);
  }

  private static void await(BooleanSupplier condition, Object what) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time: " + what).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private boolean has(String name, Long... ids) {
    return delivered.getOrDefault(name, List.of()).equals(List.of(ids));
  }

  private static long count(Fleet fleet, MemberState state) {
    return fleet.members().stream().filter(member -> member.state() == state).count();
  }

  @Test
  void idleDatabasesAreParkedAndOpenedAgainOnceTheyAreWrittenTo() throws Exception {
    for (int i = 0; i < 6; i++) {
      make("d" + i + ".db");
    }
    try (Fleet fleet = builder().maxOpen(2).build()) {
      Thread thread = start(fleet);
      await(() -> count(fleet, MemberState.PARKED) == 6, fleet.members());
      for (long round = 1; round <= 2; round++) {
        for (int i = 0; i < 6; i++) {
          insert("d" + i + ".db", round);
        }
        for (int i = 0; i < 6; i++) {
          String name = "d" + i + ".db";
          Long[] expected = round == 1 ? new Long[] {1L} : new Long[] {1L, 2L};
          await(() -> has(name, expected), name + delivered);
        }
        await(() -> count(fleet, MemberState.PARKED) == 6, fleet.members());
      }
      fleet.close();
      thread.join();
      assertThat(failure.get()).isNull();
      assertThat(fleet.members()).isEmpty();
    }
  }

  @Test
  void whoWaitsHasItsTurnThoughAllThatAreOpenAreBusy() throws Exception {
    List<String> busy = List.of("a.db", "b.db");
    for (String name : List.of("a.db", "b.db", "c.db", "d.db")) {
      make(name);
    }
    try (Fleet fleet = builder().maxOpen(2).build()) {
      start(fleet);
      Thread writer =
          new Thread(
              () -> {
                long id = 1;
                while (!Thread.currentThread().isInterrupted()) {
                  for (String name : busy) {
                    try {
                      insert(name, id);
                    } catch (SQLException e) {
                      failure.set(e);
                    }
                  }
                  id++;
                }
              });
      writer.start();
      insert("c.db", 1);
      insert("d.db", 1);
      await(() -> has("c.db", 1L) && has("d.db", 1L), delivered.keySet());
      writer.interrupt();
      writer.join();
      assertThat(failure.get()).isNull();
    }
  }

  @Test
  void theFailureOfOneOutputIsNotThatOfTheOthers() throws Exception {
    make("a.db");
    make("b.db");
    Set<String> refused = ConcurrentHashMap.newKeySet();
    refused.add("a.db");
    try (Fleet fleet =
        builder()
            .outputs(
                member -> {
                  MemberOutput output =
                      () ->
                          batch -> {
                            if (refused.contains(member.name())) {
                              throw new IOException("full");
                            }
                            take(batch);
                          };
                  return output;
                })
            .build()) {
      start(fleet);
      insert("a.db", 1);
      await(() -> member(fleet, "a.db").failure() != null, "a failure");
      insert("b.db", 1);
      await(() -> has("b.db", 1L), delivered);
      refused.clear();
      await(() -> has("a.db", 1L), delivered);
      await(() -> member(fleet, "a.db").failure() == null, "recovery");
    }
  }

  private static FleetMember member(Fleet fleet, String name) {
    return fleet.members().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSharedHandlersFailureEndsTheFleet() throws Exception {
    make("a.db");
    make("b.db");
    Fleet fleet =
        builder()
            .handler(
                batch -> {
                  throw new IOException("full");
                })
            .build();
    Thread thread = start(fleet);
    insert("b.db", 1);
    thread.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(failure.get())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("handler failed");
    fleet.close();
  }

  @Test
  void moreThanMayBeOpenAreRefusedWithoutState() throws Exception {
    make("a.db");
    make("b.db");
    try (Fleet fleet =
        Waltap.fleet().directory(directory, "*.db", false).maxOpen(1).handler(x -> {}).build()) {
      assertThatThrownBy(() -> fleet.run(CaptureMode.CDC)).hasMessageContaining("no state");
    }
  }

  @Test
  void aDatabaseThatIsReplacedByAnotherIsReconciled() throws Exception {
    make("a.db");
    try (Fleet fleet = builder().build()) {
      start(fleet);
      insert("a.db", 1);
      await(() -> has("a.db", 1L), delivered);
      Path other = directory.resolve("other");
      try (Connection connection = TestDatabase.open(other)) {
        TestDatabase.execute(
            connection,
            "PRAGMA journal_mode = WAL",
            "CREATE TABLE t(id INTEGER PRIMARY KEY)",
            "INSERT INTO t VALUES (5)");
      }
      Path database = directory.resolve("a.db");
      Files.deleteIfExists(Path.of(database + "-wal"));
      Files.deleteIfExists(Path.of(database + "-shm"));
      Files.move(other, database, StandardCopyOption.REPLACE_EXISTING);
      await(() -> has("a.db", 1L, 5L), delivered);
    }
  }

  @Test
  void theStateOfAParkedDatabaseIsHeldByTheFleetUntilItsFileIsGone() throws Exception {
    Path database = make("a.db");
    Path kept = make("b.db");
    Path state = directory.resolve("states/a.db-waltap");
    try (Fleet fleet = builder().build()) {
      start(fleet);
      await(() -> count(fleet, MemberState.PARKED) == 2, fleet.members());
      assertThatThrownBy(() -> teardown(database, state))
          .hasMessageContaining("is held by process " + ProcessHandle.current().pid());
      insert("a.db", 1);
      await(() -> has("a.db", 1L), delivered);
      await(() -> count(fleet, MemberState.PARKED) == 2, fleet.members());
      Files.delete(database);
      await(() -> fleet.members().size() == 1, "the end of a.db");
      assertThat(teardown(database, state)).isTrue();
    }
    assertThat(teardown(kept, directory.resolve("states/b.db-waltap"))).isTrue();
  }

  private static boolean teardown(Path database, Path state) {
    try (ChangeDataCapture capture = Waltap.open(database).stateDirectory(state).build()) {
      return capture.teardown();
    }
  }

  @Test
  void aDatabaseWhoseStateWasRemovedWhileItWasParkedBeginsWithAllItsRows() throws Exception {
    make("a.db");
    List<String> warnings = new CopyOnWriteArrayList<>();
    try (Fleet fleet = builder().listener(warned(warnings)).build()) {
      start(fleet);
      insert("a.db", 1);
      await(() -> has("a.db", 1L), delivered);
      await(() -> count(fleet, MemberState.PARKED) == 1, fleet.members());
      Path state = directory.resolve("states/a.db-waltap");
      for (Path file : DirectoryEntries.of(state)) {
        Files.delete(file);
      }
      Files.delete(state);
      insert("a.db", 2);
      await(() -> has("a.db", 1L, 1L, 2L), delivered);
      assertThat(warnings).singleElement(STRING).contains(state + " was removed");
    }
  }

  private FleetListener warned(List<String> warnings) {
    return new FleetListener() {
      @Override
      public void ready() {
        ready.countDown();
      }

      @Override
      public void warning(FleetMember member, String message) {
        warnings.add(message);
      }
    };
  }

  @Test
  void aDatabaseThatIsListedAgainBeforeItHasEndedGoesOn() throws Exception {
    make("a.db");
    make("b.db");
    Set<MemberState> seen = ConcurrentHashMap.newKeySet();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    FleetListener listener =
        new FleetListener() {
          @Override
          public void ready() {
            ready.countDown();
          }

          @Override
          public void moved(FleetMember member, MemberState from, MemberState to) {
            seen.add(to);
          }
        };
    try (Fleet fleet =
        builder()
            .idleAfter(Duration.ofMinutes(1))
            .handler(batch -> takeOnceReleased(batch, entered, released))
            .listener(listener)
            .build()) {
      start(fleet);
      insert("a.db", 1);
      entered.await();
      FleetEngine engine = (FleetEngine) fleet;
      engine.change(List.of(DatabaseSource.directory(directory, "b.db", false)), 4);
      await(() -> seen.contains(MemberState.ENDING), seen);
      engine.change(List.of(DatabaseSource.directory(directory, "*.db", false)), 4);
      seen.clear();
      insert("b.db", 1);
      Path later = make("c.db");
      await(() -> fleet.members().size() == 3, "the change that found " + later);
      released.countDown();
      insert("a.db", 2);
      await(() -> has("a.db", 1L, 2L), delivered);
      assertThat(seen).doesNotContain(MemberState.GONE);
    }
  }

  private void takeOnceReleased(List<Change> batch, CountDownLatch entered, CountDownLatch released)
      throws InterruptedException {
    entered.countDown();
    released.await();
    take(batch);
  }

  @Test
  void theFailureOfASharedHandlerIsReportedThoughItsDatabaseIsNoLongerListed() throws Exception {
    make("a.db");
    make("b.db");
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Fleet fleet =
        builder()
            .handler(
                batch -> {
                  entered.countDown();
                  released.await();
                  throw new IOException("full");
                })
            .build();
    Thread thread = start(fleet);
    insert("a.db", 1);
    entered.await();
    ((FleetEngine) fleet).change(List.of(DatabaseSource.directory(directory, "b.db", false)), 4);
    await(() -> member(fleet, "a.db").state() == MemberState.ENDING, "the end of a.db");
    released.countDown();
    thread.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(failure.get()).hasMessageContaining("handler failed");
    fleet.close();
  }

  @Test
  @Tag("slow")
  void whatIsAsItWasWhenParkedStaysParkedAtTheNextStart() throws Exception {
    for (String name : List.of("same.db", "written.db", "kept.db")) {
      make(name);
    }
    // One whose application keeps it open, so that its log stays.
    try (Connection kept = TestDatabase.open(directory.resolve("kept.db"))) {
      TestDatabase.execute(kept, "INSERT INTO t VALUES (1)");
      runUntilParked(builder(), 3);
      insert("written.db", 7);
      assertThat(runUntilParked(builder(), 3)).containsOnly("written.db");
      assertThat(delivered.get("written.db")).containsExactly(7L);
      assertThat(runUntilParked(builder(), 3)).isEmpty();
      TestDatabase.execute(kept, "INSERT INTO t VALUES (2)");
      assertThat(runUntilParked(builder(), 3)).containsOnly("kept.db");
      assertThat(delivered.get("kept.db")).containsExactly(2L);
      assertThat(runUntilParked(builder().each((member, capture) -> capture.tables("t")), 3))
          .as("another selection")
          .hasSize(3);
      assertThat(
              runUntilParked(
                  builder().each((member, capture) -> capture.tables("t").excludeColumns("t.none")),
                  3))
          .as("another selection of columns")
          .hasSize(3);
      assertThat(runUntilParked(builder().outputs(member -> () -> this::take), 3))
          .as("outputs that have to be looked at")
          .hasSize(3);
    }
  }

  @Test
  @Tag("slow")
  void oneThatIsParkedFromTheStartOnIsNotAnnouncedWhenItIsOpened() throws Exception {
    make("a.db");
    runUntilParked(builder(), 1);
    try (Fleet fleet = builder().build()) {
      start(fleet);
      insert("a.db", 1);
      await(() -> delivered.containsKey("a.db"), "the change");
    }
    assertThat(notes).noneMatch(note -> note.contains("captured now"));
  }

  /** Runs a fleet until so many are parked; gives those that were opened. */
  private Set<String> runUntilParked(FleetBuilder builder, int parked) throws Exception {
    Set<String> opened = ConcurrentHashMap.newKeySet();
    CountDownLatch begun = new CountDownLatch(1);
    builder.listener(
        new FleetListener() {
          @Override
          public void moved(FleetMember member, MemberState from, MemberState to) {
            if (to == MemberState.OPENING) {
              opened.add(member.name());
            }
          }

          @Override
          public void ready() {
            begun.countDown();
          }
        });
    try (Fleet fleet = builder.build()) {
      Thread thread = new Thread(() -> fleet.run(CaptureMode.CDC));
      thread.start();
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      await(() -> count(fleet, MemberState.PARKED) == parked, fleet.members());
      fleet.close();
      thread.join();
    }
    return opened;
  }
}
