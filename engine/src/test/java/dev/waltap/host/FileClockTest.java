// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class FileClockTest {
  @TempDir private Path directory = Path.of("");

  private static long changed(Path file) throws IOException {
    return ((FileTime) Files.getAttribute(file, "unix:ctime")).to(TimeUnit.NANOSECONDS);
  }

  @Test
  void whatIsWrittenLaterIsNotStampedEarlier() throws IOException {
    Path file = directory.toRealPath().resolve("file");
    Files.createFile(file);
    FileClock clock = Objects.requireNonNull(FileClock.of(file));
    for (int i = 0; i < 2_000; i++) {
      long before = clock.nanos();
      Files.write(file, new byte[1]);
      long written = changed(file);
      long after = clock.nanos();
      assertThat(written).isBetween(before, after);
    }
  }

  @Test
  void itGoesOn() throws IOException {
    FileClock clock = Objects.requireNonNull(FileClock.of(directory.toRealPath()));
    long first = clock.nanos();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (clock.nanos() == first && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    assertThat(clock.nanos()).isGreaterThan(first);
  }

  private static @Nullable FileClock clock(String type) {
    String mount = "36 35 98:0 / /data rw,noatime - " + type + " /dev/x rw";
    return FileClock.of(Mounts.parse(List.of(mount)), Path.of("/data/a.db"));
  }

  @Test
  void whereFilesMayBeStampedByAnotherClockItIsSlow() {
    FileClock own = Objects.requireNonNull(clock("ext4"));
    for (String other : List.of("zfs", "overlay")) {
      FileClock slow = Objects.requireNonNull(clock(other));
      long ticks = TimeUnit.MILLISECONDS.toNanos(40);
      long before = own.nanos();
      assertThat(slow.nanos() + ticks).isBetween(before, own.nanos());
    }
    assertThat(clock("nfs4")).isNull();
  }

  @Test
  void filesOfTheSystemAreNotStampedByIt() throws IOException {
    assertThat(FileClock.of(Path.of("/proc/self/status").toRealPath())).isNull();
    assertThat(FileClock.of(directory.toRealPath())).isNotNull();
  }
}
