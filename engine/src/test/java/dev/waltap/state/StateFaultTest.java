// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is thrown in the middle of work on a state, it opens again, as of its last flush. */
class StateFaultTest {
  @TempDir Path temp;

  private StateDirectory directory() {
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    return directory;
  }

  private static void add(StateStore store, long number) {
    StateModel.Step step = StateModel.step(number);
    store.add(step.entry(), step.images());
  }

  private static void addHalf(StateStore store, long number, Error error) {
    StateModel.Step step = StateModel.step(number);
    store.add(
        step.entry(),
        sink -> {
          sink.put(1, new byte[StateModel.PAGE_SIZE]);
          throw error;
        });
  }

  private static void isWholeUpTo(StateDirectory directory, long number) {
    try (StateLock lock = directory.hold("again");
        StateStore store = StateStore.open(lock)) {
      assertThat(StateModel.number(store.end())).isEqualTo(number);
      assertThat(StateModel.difference(store)).isEmpty();
    }
  }

  @Test
  void anErrorWhileATransactionIsAddedCommitsNoHalfOfIt() {
    StateDirectory directory = directory();
    OutOfMemoryError error = new OutOfMemoryError("Java heap space");
    try (StateLock lock = directory.hold("test");
        StateStore store = StateModel.create(lock)) {
      add(store, 1);
      store.flush();
      add(store, 2);
      assertThatThrownBy(() -> addHalf(store, 3, error)).isSameAs(error);
      assertThatThrownBy(() -> add(store, 3))
          .isInstanceOf(CaptureException.class)
          .hasRootCause(error);
    }
    isWholeUpTo(directory, 1);
  }

  /** What is counted beside the state is what no loss of power can take from it any more. */
  @Test
  void anAcknowledgementThatTheLossOfPowerTookAwayComesAgain() throws IOException {
    StateDirectory directory = directory();
    Path lost = temp.resolve("lost");
    try (StateLock lock = directory.hold("test");
        StateStore store = StateModel.create(lock)) {
      add(store, 1);
      store.flush();
      Files.createDirectories(lost);
      copy(directory, lost, "state.db", "state.db-wal");
      store.acknowledge(StateModel.position(1).position());
      store.flush();
      assertThat(store.isSettled()).isTrue();
      copy(directory, lost, "witness");
      Path killed = temp.resolve("killed");
      Files.createDirectories(killed);
      copy(directory, killed, "state.db", "state.db-wal", "witness");
      assertThat(acknowledged(killed)).isEqualTo(StateModel.position(1).position());
      // The next one that is synced has that on disk, too, and counts both.
      add(store, 2);
      store.flush();
      Files.delete(killed.resolve("witness"));
      copy(directory, killed, "witness");
      assertThatThrownBy(() -> acknowledged(killed)).hasMessageContaining("was lost");
    }
    assertThat(acknowledged(lost)).isEqualTo(StateModel.position(0).position());
    isWholeUpTo(StateDirectory.at(lost), 1);
  }

  private static @Nullable Position acknowledged(Path state) {
    try (StateLock lock = StateDirectory.at(state).hold("test");
        StateStore store = StateStore.open(lock)) {
      return store.acknowledged();
    }
  }

  private static void copy(StateDirectory from, Path to, String... names) throws IOException {
    for (String name : names) {
      Files.copy(from.path().resolve(name), to.resolve(name));
    }
  }

  @Test
  void anErrorInTheReceiverOfPagesLeavesTheStateAsItIs() {
    StateDirectory directory = directory();
    StackOverflowError error = new StackOverflowError("deep");
    try (StateLock lock = directory.hold("test");
        StateStore store = StateModel.create(lock)) {
      add(store, 1);
      store.flush();
      assertThatThrownBy(
              () ->
                  store.loadPages(
                      (number, image, packed) -> {
                        throw error;
                      }))
          .isSameAs(error);
    }
    isWholeUpTo(directory, 1);
  }

  @Test
  void anErrorWhileABaselineIsWrittenLeavesNoneAndReleasesTheLock() throws IOException {
    StateDirectory directory = directory();
    try (StateLock lock = directory.hold("test")) {
      BaselineWriter writer =
          BaselineWriter.create(lock, StateModel.identity(temp), StateModel.position(0), true, 7);
      writer.put(1, new byte[StateModel.PAGE_SIZE]);
      writer.close();
    }
    assertThat(directory.exists()).isFalse();
    try (Stream<Path> files = Files.list(directory.path())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("lock", "witness");
    }
    try (StateLock lock = directory.hold("test")) {
      StateModel.create(lock).close();
    }
    isWholeUpTo(directory, 0);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aLockWhoseHolderCannotBeWrittenIsReleased() throws Exception {
    StateDirectory directory = directory();
    // Every write to it fails, as on a full disk; it can be opened and locked.
    Path full = Path.of("/dev/full");
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.isWritable(full));
    Files.createSymbolicLink(directory.lockFile(), full);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> directory.hold("test"))
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("cannot lock");
    }
    assertThat(descriptorsOf(full)).isZero();
    assertThat(directory.holder()).isNull();
    Files.delete(directory.lockFile());
    directory.hold("test").close();
  }

  /** Of this file alone: the collector closes others whenever it likes. */
  private static long descriptorsOf(Path file) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(each -> leadsTo(each, file)).count();
    }
  }

  private static boolean leadsTo(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException e) {
      return false; // Closed meanwhile.
    }
  }
}
