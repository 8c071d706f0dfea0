// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import dev.waltap.wal.LogKeeper;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Page hashes are under a seed of each state's own, and older states, without one, go on. */
class PageSeedTest {
  @TempDir Path temp;

  private StateDirectory directory(String name) {
    StateDirectory directory = StateDirectory.at(temp.resolve(name));
    directory.create();
    return directory;
  }

  private static void create(StateDirectory directory) {
    try (StateLock lock = directory.hold("test")) {
      StateModel.create(lock).close();
    }
  }

  private static void goOn(StateDirectory directory, int from, int to) {
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      assertThat(StateModel.difference(store)).isEmpty();
      for (long i = from; i <= to; i++) {
        StateModel.Step step = StateModel.step(i);
        store.add(step.entry(), step.images());
      }
      store.flush();
      store.acknowledge(StateModel.position(to).position());
      while (store.compact(Duration.ofSeconds(1), LogKeeper.NONE)) {
        assertThat(store.journalBytes()).isPositive();
      }
      assertThat(StateModel.number(store.base())).isEqualTo(to);
      assertThat(StateModel.difference(store)).isEmpty();
    }
  }

  private static long hashOfPageOne(StateDirectory directory) throws SQLException {
    try (StateFile file = StateFile.openReadOnly(directory.stateFile())) {
      return file.number("SELECT hash FROM page WHERE number = 1");
    }
  }

  @Test
  void theSamePageHasAnotherHashInEachState() throws SQLException {
    StateDirectory one = directory("one");
    StateDirectory other = directory("other");
    create(one);
    create(other);
    assertThat(hashOfPageOne(one)).isNotEqualTo(hashOfPageOne(other));
    goOn(one, 1, 60);
    goOn(one, 61, 70);
  }

  @Test
  void aStateMadeBeforeThereWereSeedsOpensAndGoesOn() throws SQLException {
    StateDirectory directory = directory("old");
    create(directory);
    makeOld(directory);
    long old = hashOfPageOne(directory);
    assertThat(old)
        .isEqualTo(
            Lz4Codec.hash(new StateModel().pages.firstEntry().getValue(), 0) ^ Lz4Codec.spread(1));
    assertThat(StateStatus.of(directory).base()).isEqualTo(StateModel.position(0));
    goOn(directory, 1, 60);
    goOn(directory, 61, 70);
  }

  @Test
  void aStateWhoseSeedIsMissingIsRefusedAsDamaged() throws SQLException {
    StateDirectory directory = directory("damaged");
    create(directory);
    try (StateFile file = StateModel.openFile(directory)) {
      file.run("DELETE FROM note");
    }
    try (StateLock lock = directory.hold("test")) {
      assertThatThrownBy(() -> StateStore.open(lock))
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("seed is missing");
    }
  }

  /** Gives a state the form of version 2: no seed, and hashes under 0. */
  private static void makeOld(StateDirectory directory) throws SQLException {
    TreeMap<Integer, byte[]> pages = new TreeMap<>();
    try (StateFile file = StateModel.openFile(directory)) {
      StateHeader head = StateHeader.read(file);
      PageTable.open(file, head, StateProperties.load(file), StateModel.PAGE_SIZE)
          .load((number, image, packed) -> pages.put(number, image.clone()));
      file.run("DELETE FROM page");
      file.run("DELETE FROM note");
      file.run("PRAGMA user_version=2");
    }
    try (StateFile file = StateModel.openFile(directory)) {
      StateHeader head = StateHeader.read(file);
      head.pages = 0;
      head.digest = 0;
      PageTable table =
          PageTable.open(file, head, StateProperties.load(file), StateModel.PAGE_SIZE);
      for (var page : pages.entrySet()) {
        table.put(page.getKey(), page.getValue());
      }
      try (PreparedStatement write = StateHeader.statement(file)) {
        head.write(write);
      }
    }
  }
}
