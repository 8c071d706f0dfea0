// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import dev.waltap.page.PageBuffers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that are added to a state without opening its file. */
class ClosedStateTest {
  @TempDir Path temp;
  private StateDirectory directory = StateDirectory.at(Path.of("none"));

  @BeforeEach
  void setUp() {
    directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
  }

  private ClosedState close(long upTo) {
    return ClosedStates.close(directory, upTo);
  }

  private static @Nullable StateAppender turn(ClosedState closed) {
    return closed.append("turn");
  }

  private void isAsOf(long end, long acknowledged) {
    assertThat(ClosedStates.opened(directory)).isEqualTo(end + " acknowledged " + acknowledged);
    assertThat(directory.tailFile().toFile().length()).isZero();
  }

  @Test
  void whatIsAddedIsThereWhenTheStateIsOpened() throws IOException {
    ClosedState closed = close(10);
    assertThat(StateModel.number(closed.end())).isEqualTo(10);
    ClosedStates.append(closed, 11, 60);
    assertThat(StateModel.number(closed.end())).isEqualTo(60);
    assertThat(closed.maxEpoch()).isEqualTo(2);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.tailFile())))
        .isEqualTo("rw-------");
    isAsOf(60, 60);
    isAsOf(60, 60);
    assertThat(closed.append("turn")).isNull();
  }

  @Test
  void whatIsNotAcknowledgedIsHandedOutAgain() {
    ClosedState closed = close(10);
    ClosedStates.append(closed, 11, 13);
    ClosedStates.add(closed, 14);
    assertThat(turn(closed)).isNull();
    isAsOf(14, 13);
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      assertThat(replayed(store)).containsExactly("11", "12", "13", "14!");
    }
  }

  private static List<String> replayed(StateStore store) {
    List<String> all = new ArrayList<>();
    store.replay(
        new PageBuffers(StateModel.PAGE_SIZE),
        new JournalEntry.Receiver() {
          @Override
          public void begin(JournalEntry entry, boolean acknowledged) {
            all.add(StateModel.number(entry.position()) + (acknowledged ? "" : "!"));
          }

          @Override
          public void page(int pageNumber, byte[] image) {}

          @Override
          public void end() {}
        });
    return all;
  }

  @Test
  void pagesAreThoseBeforeTheTransactionThatIsAdded() {
    ClosedState closed = close(10);
    StateModel model = new StateModel().advance(10);
    for (long i = 11; i <= 40; i++) {
      try (StateAppender appender = Objects.requireNonNull(closed.append("turn"))) {
        StateModel.Step step = StateModel.step(i);
        areLoaded(closed, appender, model);
        appender.add(step.entry(), step.images());
        areLoaded(closed, appender, model);
        appender.acknowledge(step.entry().position().position());
      }
      model.advance(i);
    }
  }

  /** Adds them in one turn, and says that all up to one of them were delivered. */
  private static void turn(ClosedState closed, StateModel model, long to, long acknowledged) {
    try (StateAppender appender = Objects.requireNonNull(turn(closed))) {
      for (long i = StateModel.number(closed.end()) + 1; i <= to; i++) {
        StateModel.Step step = StateModel.step(i);
        appender.add(step.entry(), step.images());
        areLoaded(closed, appender, model);
        assertThatThrownBy(() -> appender.add(step.entry(), step.images()))
            .isInstanceOf(IllegalStateException.class);
        appender.emitted();
        model.advance(i);
        areLoaded(closed, appender, model);
      }
      appender.acknowledge(StateModel.position(acknowledged).position());
    }
  }

  @Test
  void severalTransactionsAreAddedInOneTurn() {
    ClosedState closed = close(10);
    StateModel model = new StateModel().advance(10);
    turn(closed, model, 13, 13);
    turn(closed, model, 14, 14);
    turn(closed, model, 20, 20);
    isAsOf(20, 20);
  }

  @Test
  void thoseOfATurnThatWereNotDeliveredAreHandedOutAgain() {
    ClosedState closed = close(10);
    turn(closed, new StateModel().advance(10), 14, 12);
    assertThat(turn(closed)).isNull();
    isAsOf(14, 12);
  }

  private static void areLoaded(ClosedState closed, StateAppender appender, StateModel model) {
    byte[] image = new byte[StateModel.PAGE_SIZE];
    for (Map.Entry<Integer, byte[]> page : new TreeMap<>(model.pages).entrySet()) {
      long hash = Lz4Codec.hash(page.getValue(), closed.pageSeed());
      appender.loadPage(page.getKey(), hash, image);
      assertThat(image).isEqualTo(page.getValue());
      assertThatThrownBy(() -> appender.loadPage(page.getKey(), hash + 1, image))
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("page " + page.getKey() + " has a wrong hash");
    }
  }

  /** What is acknowledged of a transaction half leaves it to be handed out whole. */
  @Test
  void whatIsAcknowledgedOfAnEarlierTransactionLeavesTheStateToBeOpened() {
    ClosedState closed = close(10);
    try (StateAppender appender = Objects.requireNonNull(turn(closed))) {
      StateModel.Step step = StateModel.step(11);
      appender.add(step.entry(), step.images());
      appender.acknowledge(StateModel.position(10).position());
    }
    assertThat(turn(closed)).isNull();
    isAsOf(11, 10);
  }

  @Test
  void onlyAStateThatIsSettledAndWholeCanBeAddedTo() {
    try (StateLock lock = directory.hold("test")) {
      StateStore store = StateModel.create(lock);
      try (store) {
        assertThat(store.closed()).isNull();
        ClosedStates.add(store, 1);
        store.flush();
        ClosedStates.summarize(store);
      }
      assertThat(store.closed()).as("not acknowledged").isNull();
      StateStore unsummed = StateStore.open(lock);
      try (unsummed) {
        unsummed.acknowledge(unsummed.end().position());
      }
      assertThat(unsummed.closed()).as("not compacted").isNull();
      StateStore failed = StateStore.open(lock);
      try (failed) {
        Error error = new StackOverflowError();
        assertThatThrownBy(
                () ->
                    failed.loadPages(
                        (number, image, packed) -> {
                          throw error;
                        }))
            .isSameAs(error);
      }
      assertThat(failed.closed()).as("failed").isNull();
    }
    assertThat(close(1).append("turn")).isNotNull().satisfies(StateAppender::close);
  }

  @Test
  void afterSixtyFourTransactionsItIsTimeToOpen() {
    ClosedState closed = close(0);
    for (long i = 1; i <= ClosedState.MOST_TRANSACTIONS; i++) {
      try (StateAppender appender = Objects.requireNonNull(turn(closed))) {
        JournalEntry entry = StateModel.step(i).entry();
        appender.add(entry, sink -> {});
        appender.acknowledge(entry.position().position());
      }
    }
    assertThat(turn(closed)).isNull();
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      assertThat(store.end()).isEqualTo(closed.end());
      assertThat(store.isSettled()).isTrue();
      assertThat(replayed(store)).hasSize(ClosedState.MOST_TRANSACTIONS);
    }
  }

  @Test
  void afterSoManyBytesItIsTimeToOpen() throws IOException {
    ClosedState closed = close(0);
    Random random = new Random(1); // So that nothing compresses.
    long number = 0;
    while (Files.notExists(directory.tailFile())
        || Files.size(directory.tailFile()) < ClosedState.MOST_BYTES) {
      try (StateAppender appender = Objects.requireNonNull(turn(closed))) {
        byte[] image = new byte[StateModel.PAGE_SIZE];
        JournalEntry entry = StateModel.step(++number).entry();
        appender.add(
            entry,
            sink -> {
              for (int page = 1; page <= 60; page++) {
                random.nextBytes(image);
                sink.put(page, image);
              }
            });
        appender.acknowledge(entry.position().position());
      }
    }
    assertThat(number).isEqualTo(5);
    assertThat(turn(closed)).isNull();
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      assertThat(store.end()).isEqualTo(closed.end());
      assertThat(replayed(store)).containsExactly("1", "2", "3", "4", "5");
    }
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeAnythingIsWritten() {
    ClosedState closed = close(0);
    try (StateAppender appender = Objects.requireNonNull(turn(closed))) {
      byte[] image = new byte[StateModel.PAGE_SIZE];
      Random random = new Random(1);
      JournalEntry.Pages many =
          sink -> {
            for (int page = 1; page <= 20_000; page++) {
              random.nextBytes(image);
              sink.put(page, image);
            }
          };
      assertThatThrownBy(() -> appender.add(StateModel.step(1).entry(), many))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> appender.add(StateModel.step(0).entry(), sink -> {}))
          .hasMessageContaining("is not after");
    }
    assertThat(directory.tailFile()).doesNotExist();
    ClosedStates.append(closed, 1, 2);
    isAsOf(2, 2);
  }

  @Test
  void whoeverHasTheStateMeanwhileIsLeftAlone() {
    ClosedState closed = close(3);
    try (StateLock lock = directory.hold("another")) {
      assertThat(turn(closed)).isNull();
    }
    try (StateAppender appender = Objects.requireNonNull(turn(closed))) {
      assertThat(directory.holder()).isNotNull();
      assertThat(turn(closed)).isNull();
      assertThatThrownBy(() -> directory.hold("another")).hasMessageContaining("is held by");
      assertThat(appender).isNotNull();
    }
    assertThat(directory.holder()).isNull();
    ClosedStates.append(closed, 4, 5);
    isAsOf(5, 5);
  }

  @Test
  void aStateThatWasOpenedMeanwhileIsOpenedAgain() {
    ClosedState closed = close(3);
    close(4);
    assertThat(turn(closed)).isNull();
    ClosedState next = close(4);
    ClosedStates.append(next, 5, 6);
    assertThat(turn(closed)).isNull();
    isAsOf(6, 6);
  }

  /** Nothing is written by an opening that finds nothing to do: who closed it first may go on. */
  @Test
  void ofTwoWhoClosedItTheSecondDoesNotAddToWhatTheFirstHas() {
    ClosedState first = close(3);
    ClosedState second = lookInto();
    ClosedStates.append(first, 4, 5);
    assertThat(turn(second)).isNull();
    ClosedStates.append(first, 6, 6);
    isAsOf(6, 6);
  }

  private ClosedState lookInto() {
    try (StateLock lock = directory.hold("test")) {
      StateStore store = StateStore.open(lock);
      store.close();
      return Objects.requireNonNull(store.closed());
    }
  }

  @Test
  void aStateThatWasTouchedIsOpened() throws IOException {
    List<Path> files = List.of(directory.stateFile(), directory.commitCountFile());
    for (Path file : files) {
      ClosedState closed = close(3);
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, bytes);
      if (file.equals(directory.commitCountFile())) {
        bytes[0]++;
        Files.write(file, bytes);
      }
      assertThat(turn(closed)).as(file.toString()).isNull();
    }
  }

  @Test
  void aStateWithoutWhatWasAddedIsOpenedAndRefused() throws IOException {
    ClosedState closed = close(3);
    ClosedStates.append(closed, 4, 5);
    Files.delete(directory.tailFile());
    assertThat(turn(closed)).isNull();
    assertThatThrownBy(() -> ClosedStates.opened(directory)).hasMessageContaining("was lost");
  }

  @Test
  void aLogThatHoldsSomethingIsForAnOpening() throws IOException {
    ClosedState closed = close(3);
    Path log = directory.path().resolve("state.db-wal");
    Files.write(log, new byte[1]);
    assertThat(turn(closed)).isNull();
    Files.delete(log);
    assertThat(StateStatus.of(directory).end()).isEqualTo(StateModel.position(3));
    ClosedStates.append(closed, 4, 5);
    isAsOf(5, 5);
  }

  @Test
  void aStateThatIsGoneIsNotMadeAgain() throws IOException {
    ClosedState closed = close(3);
    ClosedStates.append(closed, 4, 5);
    assertThat(directory.remove()).isTrue();
    assertThat(turn(closed)).isNull();
    assertThat(directory.path()).doesNotExist();
    directory.create();
    assertThat(turn(closed)).isNull();
    assertThat(directory.path()).isEmptyDirectory();
    close(3);
    assertThat(turn(closed)).isNull();
    isAsOf(3, 3);
  }

  @Test
  void aNewBaselineHasNothingOfWhatWasAddedBefore() {
    ClosedStates.append(close(3), 4, 5);
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock);
        BaselineWriter writer = store.replace(store.database(), StateModel.position(60), true, 7)) {
      new StateModel().advance(60).pages.forEach(writer::put);
      writer.finish().close();
    }
    assertThat(directory.tailFile()).doesNotExist();
    assertThat(ClosedStates.opened(directory)).isEqualTo("60 acknowledged 60");
  }

  @Test
  void whoeverLooksAtTheStateSeesWhatWasAdded() {
    ClosedState closed = close(3);
    StateStatus before = StateStatus.of(directory);
    ClosedStates.append(closed, 4, 6);
    ClosedStates.add(closed, 7);
    for (StateStatus status :
        List.of(
            StateStatus.of(directory), Objects.requireNonNull(StateStatus.ofUnused(directory)))) {
      assertThat(status.end()).isEqualTo(StateModel.position(7));
      assertThat(status.acknowledged()).isEqualTo(StateModel.position(6).position());
      assertThat(status.base()).isEqualTo(before.base());
      assertThat(status.journalEntries()).isEqualTo(4);
      assertThat(status.journalBytes())
          .isPositive()
          .isEqualTo(status.fileBytes() - before.fileBytes());
      assertThat(status.undelivered().transactions()).isEqualTo(1);
      assertThat(status.undelivered().since())
          .isEqualTo(java.time.Instant.EPOCH.plusNanos(1_000_007_000));
      assertThat(status.savedAt()).isAfterOrEqualTo(before.savedAt());
    }
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      assertThat(store.status().end()).isEqualTo(StateModel.position(7));
      assertThat(StateStatus.of(directory).undelivered().transactions()).isEqualTo(1);
    }
  }

  /** What a database looked like when a capture was closed counts only until something is added. */
  @Test
  void aParkedDatabaseIsAnotherOneOnceSomethingWasAdded() throws IOException {
    ClosedState closed = close(3);
    String before = Objects.requireNonNull(ParkedFile.content(directory, "as it was"));
    assertThat(isParked(before)).isTrue();
    ClosedStates.append(closed, 4, 4);
    assertThat(isParked(before)).isFalse();
    String after = Objects.requireNonNull(ParkedFile.content(directory, "as it was"));
    assertThat(isParked(after)).isTrue();
    isAsOf(4, 4);
    assertThat(isParked(after)).isFalse();
  }

  private boolean isParked(String content) throws IOException {
    ParkedFile.write(directory, content);
    return ParkedFile.isOf(directory, "as it was");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskLeavesTheStateToBeOpened() throws IOException {
    Path full = Path.of("/dev/full");
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.isWritable(full));
    ClosedState closed = close(3);
    Files.createSymbolicLink(directory.tailFile(), full);
    assertThatThrownBy(() -> ClosedStates.append(closed, 4, 4))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("the disk is full")
        .extracting(e -> ((CaptureException) e).reason())
        .isEqualTo(CaptureException.Reason.DISK);
    assertThat(turn(closed)).isNull();
    assertThat(directory.holder()).isNull();
    assertThat(ClosedStates.opened(directory)).isEqualTo("3 acknowledged 3");
    Files.delete(directory.tailFile());
    ClosedStates.append(close(3), 4, 4);
    isAsOf(4, 4);
  }

  @Test
  void anInterruptLeavesTheStateToBeOpened() {
    ClosedState closed = close(3);
    StateModel.Step step = StateModel.step(4);
    try (StateAppender appender = Objects.requireNonNull(turn(closed))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> appender.add(step.entry(), step.images()))
          .isInstanceOf(CaptureException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(directory.holder()).isNull();
    assertThat(turn(closed)).isNull();
    isAsOf(3, 3);
  }
}
