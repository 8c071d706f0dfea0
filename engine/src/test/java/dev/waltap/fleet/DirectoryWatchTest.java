// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.host.Mounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The directories of a fleet are watched by where they are, whatever becomes of them. */
@Timeout(60)
class DirectoryWatchTest {
  @TempDir private Path directory = Path.of("");

  private final BlockingQueue<Path> changed = new LinkedBlockingQueue<>();

  @Test
  void aDirectoryThatWasReplacedIsWatchedFromTheNextLookOn() throws Exception {
    Path databases = Files.createDirectory(directory.resolve("databases"));
    try (DirectoryWatch watch = new DirectoryWatch(changed::add, () -> {}, () -> 1_000_000)) {
      assertThat(watch.watch(Set.of(databases))).isTrue();
      assertThat(watch.watch(Set.of(databases))).as("watched already").isFalse();
      Files.move(databases, directory.resolve("before the backup was restored"));
      Files.createDirectory(databases);
      assertThat(watch.watch(Set.of(databases))).isTrue();
      Path database = Files.write(databases.resolve("a.db"), new byte[1]);
      assertThat(changed.poll(30, TimeUnit.SECONDS)).isEqualTo(database);
    }
  }

  private static Mounts mounts(Path point) {
    return Mounts.parse(
        List.of(
            "25 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
            "33 25 254:0 /srv/volume " + point + " rw - ext4 /dev/vda rw"));
  }

  /** What is written to it by its other name is reported to the directory of that name alone. */
  @Test
  void aDirectoryWithADatabaseThatIsMountedAloneIsNotSure() throws Exception {
    Path databases = Files.createDirectory(directory.resolve("databases")).toRealPath();
    Path below = Files.createDirectory(databases.resolve("volume"));
    Path alone = Files.createFile(databases.resolve("a.db"));
    AtomicReference<Mounts> mounted = new AtomicReference<>(mounts(below));
    try (DirectoryWatch watch =
        new DirectoryWatch(changed::add, () -> {}, () -> 1_000_000, mounted::get)) {
      watch.watch(Set.of(databases));
      assertThat(watch.isSure()).as("a directory is mounted in it").isTrue();
      mounted.set(mounts(alone));
      watch.watch(Set.of(databases));
      assertThat(watch.isSure()).as("a file is mounted in it since").isFalse();
      mounted.set(mounts(directory.resolve("a.db")));
      watch.watch(Set.of(databases));
      assertThat(watch.isSure()).as("unmounted").isTrue();
      mounted.set(mounts(databases.resolve("deleted since")));
      watch.watch(Set.of(databases, below));
      assertThat(watch.isSure()).isFalse();
      watch.watch(Set.of(below));
      assertThat(watch.isSure()).as("of the others").isTrue();
    }
  }
}
