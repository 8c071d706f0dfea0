// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
}
