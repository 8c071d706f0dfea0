// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import dev.waltap.wal.LogKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage is detected, or changes nothing that is read. */
@Tag("slow")
class StateCorruptionTest {
  private static final int TIMES = 300;
  @TempDir Path temp;
  private Path killed;
  private Path closed;
  private Path bad;

  /**
   * A state as a killed capture leaves it, nearly all of it in the WAL, and one that was closed.
   */
  @BeforeEach
  void makeState() throws IOException {
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    killed = temp.resolve("killed");
    closed = temp.resolve("closed");
    bad = temp.resolve("bad");
    try (StateLock lock = directory.hold("test");
        StateStore store = StateModel.create(lock)) {
      for (long i = 1; i <= 120; i++) {
        StateModel.Step step = StateModel.step(i);
        store.add(step.entry(), step.images());
        if (i % 10 == 0) {
          store.flush();
        }
        if (i == 90) {
          store.acknowledge(StateModel.position(70).position());
          store.compact(java.time.Duration.ofSeconds(1), LogKeeper.NONE);
        }
      }
      copy(directory.path(), killed);
    }
    copy(directory.path(), closed);
    Files.delete(killed.resolve("state.db-shm"));
    Files.createDirectory(bad);
  }

  @Test
  void aDatabaseWithAFewBitsFlipped() throws IOException {
    damage(closed, "state.db", false);
  }

  @Test
  void aWalWithAFewBitsFlipped() throws IOException {
    damage(killed, "state.db-wal", false);
  }

  @Test
  void aWitnessWithAFewBitsFlipped() throws IOException {
    damage(closed, "witness", false);
  }

  @Test
  void aDatabaseCutShort() throws IOException {
    damage(closed, "state.db", true);
  }

  @Test
  void aWalCutShort() throws IOException {
    damage(killed, "state.db-wal", true);
  }

  @Test
  void aWalDeleted() throws IOException {
    copy(killed, bad);
    Files.delete(bad.resolve("state.db-wal"));
    try (StateLock lock = StateDirectory.at(bad).hold("test")) {
      assertThatThrownBy(() -> StateStore.open(lock)).hasMessageContaining("is damaged");
    }
  }

  private void damage(Path good, String name, boolean cut) throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int detected = 0;
    for (int i = 0; i < TIMES; i++) {
      copy(good, bad);
      byte[] bytes = Files.readAllBytes(bad.resolve(name));
      if (cut) {
        bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      } else {
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      Files.write(bad.resolve(name), bytes);
      detected += isDetected("seed " + seed + ", time " + i) ? 1 : 0;
    }
    assertThat(detected).as("seed %s", seed).isPositive();
  }

  private boolean isDetected(String which) {
    try (StateLock lock = StateDirectory.at(bad).hold("test");
        StateStore store = StateStore.open(lock)) {
      assertThat(StateModel.difference(store)).as(which).isEmpty();
      assertThat(StateModel.number(store.end())).as(which).isEqualTo(120);
      assertThat(store.acknowledged()).isEqualTo(StateModel.position(70).position());
      return false;
    } catch (CaptureException e) {
      assertThat(e).as(which).hasMessageContaining(bad.toString());
      return true;
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> old = Files.list(to)) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(f -> !f.endsWith("lock")).toList()) {
        Files.copy(file, to.resolve(file.getFileName().toString()));
      }
    }
  }
}
