// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureOptions.StateLag;
import dev.waltap.wal.LogKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateStoreTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  @TempDir Path temp;

  private StateDirectory directory() {
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    return directory;
  }

  private static void add(StateStore store, long from, long to) {
    for (long i = from; i <= to; i++) {
      StateModel.Step step = StateModel.step(i);
      store.add(step.entry(), step.images());
    }
  }

  @Test
  void holdsWhatWasAddedCompactedAndAcknowledged() {
    StateDirectory directory = directory();
    try (StateLock lock = directory.hold("test")) {
      try (StateStore store = StateModel.create(lock)) {
        assertThat(store.acknowledged()).isEqualTo(StateModel.position(0).position());
        for (int group = 0; group < 30; group++) {
          add(store, group * 10 + 1, group * 10 + 10);
          store.flush();
        }
        assertThat(StateModel.difference(store)).isEmpty();
        assertThat(store.isCompactionDue(StateLag.DEFAULT)).isFalse();
        store.acknowledge(StateModel.position(155).position());
        assertThat(store.isCompactionDue(new StateLag(Duration.ofNanos(1), 1))).isTrue();
        while (store.compact(SHORT, LogKeeper.NONE)) {
          assertThat(StateModel.difference(store)).isEmpty();
        }
        assertThat(StateModel.number(store.base())).isEqualTo(150);
      }
      try (StateStore store = StateStore.open(lock)) {
        assertThat(StateModel.difference(store)).isEmpty();
        assertThat(store.acknowledged()).isEqualTo(StateModel.position(155).position());
        assertThat(StateModel.number(store.end())).isEqualTo(300);
        store.acknowledge(StateModel.position(300).position());
        while (store.compact(Duration.ofSeconds(1), LogKeeper.NONE)) {}
        assertThat(store.base()).isEqualTo(store.end());
        assertThat(store.journalBytes()).isZero();
        assertThat(StateModel.difference(store)).isEmpty();
      }
    }
  }

  @Test
  void replaysWhatWasNotAcknowledged() {
    try (StateLock lock = directory().hold("test");
        StateStore store = StateModel.create(lock)) {
      add(store, 1, 9);
      store.flush();
      store.acknowledge(StateModel.position(4).position());
      List<String> replayed = new ArrayList<>();
      store.replay(
          new dev.waltap.page.PageBuffers(StateModel.PAGE_SIZE),
          new JournalEntry.Receiver() {
            @Override
            public void begin(JournalEntry entry, boolean acknowledged) {
              replayed.add(StateModel.number(entry.position()) + (acknowledged ? "" : "!"));
            }

            @Override
            public void page(int pageNumber, byte[] image) {}

            @Override
            public void end() {}
          });
      assertThat(replayed).containsExactly("1", "2", "3", "4", "5!", "6!", "7!", "8!", "9!");
    }
  }

  @Test
  void closingSavesWhatWasAddedAndAcknowledged() {
    try (StateLock lock = directory().hold("test")) {
      try (StateStore store = StateModel.create(lock)) {
        add(store, 1, 5);
        store.flush();
        add(store, 6, 100);
        store.acknowledge(StateModel.position(5).position());
      }
      try (StateStore store = StateStore.open(lock)) {
        assertThat(StateModel.number(store.end())).isEqualTo(100);
        assertThat(store.acknowledged()).isEqualTo(StateModel.position(5).position());
        assertThat(StateModel.difference(store)).isEmpty();
      }
    }
  }

  @Test
  void refusesAnAcknowledgementOfWhatIsNotDurable() {
    try (StateLock lock = directory().hold("test");
        StateStore store = StateModel.create(lock)) {
      add(store, 1, 5);
      store.acknowledge(StateModel.position(5).position());
      assertThatThrownBy(store::flush).hasMessageContaining("not journalled");
    }
  }

  @Test
  void epochsGoOnForEver() {
    try (StateLock lock = directory().hold("test")) {
      try (StateStore store = StateModel.create(lock)) {
        assertThat(store.maxEpoch()).isEqualTo(1);
        add(store, 1, 60);
        store.flush();
      }
      try (StateStore store = StateStore.open(lock)) {
        assertThat(store.maxEpoch()).isEqualTo(StateModel.position(60).epoch()).isEqualTo(2);
      }
    }
  }

  @Test
  void aBaselineTakesThePlaceOfAnother() {
    StateDirectory directory = directory();
    try (StateLock lock = directory.hold("test")) {
      StateStore store = StateModel.create(lock);
      add(store, 1, 20);
      store.flush();
      try (BaselineWriter given =
          store.replace(store.database(), StateModel.position(60), false, 7)) {
        given.put(1, new byte[StateModel.PAGE_SIZE]);
      }
      assertThat(StateModel.difference(store)).isEmpty();
      StateStore next;
      try (BaselineWriter writer =
          store.replace(store.database(), StateModel.position(60), false, 7)) {
        new StateModel().advance(60).pages.forEach(writer::put);
        next = writer.finish();
      }
      assertThat(next.acknowledged()).isNull();
      add(next, 61, 70);
      next.flush();
      assertThat(next.compact(SHORT, LogKeeper.NONE)).isFalse();
      assertThat(StateModel.number(next.base())).isEqualTo(60);
      next.acknowledge(StateModel.position(70).position());
      next.compact(SHORT, LogKeeper.NONE);
      next.close();
      try (StateStore again = StateStore.open(lock)) {
        assertThat(StateModel.number(again.base())).isEqualTo(70);
        assertThat(StateModel.difference(again)).isEmpty();
      }
    }
  }

  @Test
  void aReplacedStateIsNotParkedAnyMore() throws IOException {
    StateDirectory directory = directory();
    try (StateLock lock = directory.hold("test")) {
      StateModel.create(lock).close();
      String content = Objects.requireNonNull(ParkedFile.content(directory, "as it was"));
      ParkedFile.write(directory, content);
      StateStore store = StateStore.open(lock);
      assertThat(ParkedFile.isOf(directory, "as it was")).isTrue();
      try (BaselineWriter writer =
          store.replace(store.database(), StateModel.position(60), false, 7)) {
        new StateModel().pages.forEach(writer::put);
        writer.finish().close();
      }
      assertThat(ParkedFile.isOf(directory, "as it was")).as("its rows are to come").isFalse();
    }
  }

  @Test
  void anUnfinishedBaselineIsNoState() {
    StateDirectory directory = directory();
    try (StateLock lock = directory.hold("test")) {
      BaselineWriter writer =
          BaselineWriter.create(
              lock, StateModel.identity(temp.resolve("db")), StateModel.position(0), true, 7);
      writer.put(1, new byte[StateModel.PAGE_SIZE]);
      assertThat(directory.exists()).isFalse();
      assertThatThrownBy(() -> StateStore.open(lock)).hasMessageContaining("run setup first");
      writer.close();
      StateModel.create(lock).close();
      assertThat(directory.exists()).isTrue();
    }
  }

  @Test
  void statusIsReadBesideACapture() {
    StateDirectory directory = directory();
    try (StateLock lock = directory.hold("cdc");
        StateStore store = StateModel.create(lock)) {
      add(store, 1, 8);
      store.flush();
      StateStatus status = StateStatus.of(directory);
      assertThat(status.journalEntries()).isEqualTo(8);
      assertThat(status.pages()).isEqualTo(60);
      assertThat(status.end()).isEqualTo(store.end());
      assertThat(status.fileBytes()).isPositive();
      assertThat(String.valueOf(status.holder()))
          .contains("process " + ProcessHandle.current().pid(), "(cdc)");
      assertThat(status).isEqualTo(store.status());
    }
  }

  @Test
  void everyFileIsItsOwnersOnly() throws IOException {
    StateDirectory directory = directory();
    try (StateLock lock = directory.hold("test");
        StateStore store = StateModel.create(lock)) {
      add(store, 1, 8);
      store.flush();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.path())))
          .isEqualTo("rwx------");
      try (Stream<Path> files = Files.list(directory.path())) {
        assertThat(files.toList())
            .hasSizeGreaterThan(3)
            .allSatisfy(
                file ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void aFullDiskStopsItAndLosesNothing() throws SQLException {
    try (StateLock lock = directory().hold("test")) {
      try (StateStore store = StateModel.create(lock)) {
        add(store, 1, 5);
        store.flush();
        store.pragma("max_page_count=1");
        assertThatThrownBy(
                () -> {
                  add(store, 6, 400);
                  store.flush();
                })
            .isInstanceOf(CaptureException.class)
            .hasMessageContaining("the disk is full")
            .hasMessageContaining("nothing saved is lost");
        assertThatThrownBy(store::flush).hasMessageContaining("the disk is full");
      }
      try (StateStore store = StateStore.open(lock)) {
        assertThat(StateModel.number(store.end())).isEqualTo(5);
        assertThat(StateModel.difference(store)).isEmpty();
      }
    }
  }

  @Test
  void aReadOnlyDiskStopsItAndLosesNothing() throws SQLException {
    try (StateLock lock = directory().hold("test")) {
      try (StateStore store = StateModel.create(lock)) {
        add(store, 1, 5);
        store.flush();
        // What SQLite answers on a disk remounted read-only, which root could write to otherwise.
        store.pragma("query_only=1");
        assertThatThrownBy(() -> add(store, 6, 400))
            .isInstanceOf(CaptureException.class)
            .hasMessageContaining("it is read-only")
            .hasMessageContaining("nothing saved is lost");
      }
      try (StateStore store = StateStore.open(lock)) {
        assertThat(StateModel.number(store.end())).isEqualTo(5);
        assertThat(StateModel.difference(store)).isEmpty();
      }
    }
  }

  @Test
  void aDirectoryTakenAwayIsNoticed() throws IOException {
    StateDirectory directory = directory();
    StateLock lock = directory.hold("test");
    StateStore store = StateModel.create(lock);
    Files.move(directory.path(), temp.resolve("elsewhere"));
    add(store, 1, 5);
    assertThatThrownBy(store::flush)
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("was removed or replaced");
    Files.move(temp.resolve("elsewhere"), directory.path());
    store.close();
    try (StateStore again = StateStore.open(lock)) {
      assertThat(StateModel.difference(again)).isEmpty();
    }
    lock.close();
  }

  @Test
  void otherVersionsAndOtherFilesAreRefusedInWords() throws Exception {
    StateDirectory directory = directory();
    try (StateLock lock = directory.hold("test")) {
      StateModel.create(lock).close();
      change(directory, "PRAGMA user_version=4");
      refused(lock, "made by a newer Waltap");
      change(directory, "PRAGMA user_version=0");
      refused(lock, "made by an older Waltap");
      change(directory, "PRAGMA application_id=7");
      refused(lock, "not a state of Waltap");
      Files.write(directory.stateFile(), new byte[0]);
      refused(lock, "it is empty");
      Files.writeString(directory.stateFile(), "not a database at all".repeat(99));
      refused(lock, "is damaged");
      assertThatThrownBy(() -> StateStatus.of(directory)).hasMessageContaining("is damaged");
    }
  }

  private static void refused(StateLock lock, String words) {
    assertThatThrownBy(() -> StateStore.open(lock))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining(words)
        .extracting(e -> ((CaptureException) e).reason())
        .isEqualTo(Reason.REFUSED);
  }

  private static void change(StateDirectory directory, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.stateFile());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
