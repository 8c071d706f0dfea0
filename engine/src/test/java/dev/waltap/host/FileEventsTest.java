// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All that watch a directory share a service and a thread, and each gets what is meant for it. */
@Timeout(60)
class FileEventsTest {
  @TempDir private Path directory = Path.of("");

  private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

  private FileEvents.Watch file(String name) throws IOException {
    return FileEvents.watchFile(directory, Path.of(name), () -> reports.add("file " + name));
  }

  private FileEvents.Watch all(Path of) throws IOException {
    return FileEvents.watchDirectory(
        of,
        new FileEvents.Listener() {
          @Override
          public void changed(Set<Path> names) {
            names.forEach(name -> reports.add("all " + name));
          }

          @Override
          public void lost() {
            reports.add("lost");
          }
        });
  }

  /** Waits until all of these were reported; returns whatever was. */
  private Set<String> await(String... wanted) throws InterruptedException {
    Set<String> left = new HashSet<>(Set.of(wanted));
    Set<String> seen = new HashSet<>();
    while (!left.isEmpty()) {
      String report = reports.poll(30, TimeUnit.SECONDS);
      assertThat(report).as("%s, of which %s came", left, seen).isNotNull();
      left.remove(report);
      seen.add(report);
    }
    return seen;
  }

  /** What is reported up to a file that is written now; for all of a directory's files watched. */
  private Set<String> untilMarked(String marker) throws Exception {
    try (FileEvents.Watch end =
        FileEvents.watchFile(directory, Path.of(marker), () -> reports.add(marker))) {
      Files.write(directory.resolve(marker), new byte[1]);
      Set<String> seen = await(marker);
      assertThat(end.isCurrent()).isTrue();
      return seen;
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> "waltap-watch".equals(thread.getName()))
        .count();
  }

  @Test
  void eachGetsWhatIsMeantForItFromOneThread() throws Exception {
    try (FileEvents.Watch a = file("a");
        FileEvents.Watch again = file("a");
        FileEvents.Watch b = file("b");
        FileEvents.Watch all = all(directory)) {
      Files.write(directory.resolve("a"), new byte[1]);
      assertThat(untilMarked("first")).contains("file a", "all a").doesNotContain("file b");
      a.close();
      Files.write(directory.resolve("a"), new byte[1]);
      assertThat(untilMarked("second")).as("by the other one").contains("file a");
      again.close();
      Files.write(directory.resolve("a"), new byte[1]);
      Files.write(directory.resolve("b"), new byte[1]);
      assertThat(untilMarked("third")).contains("file b", "all b").doesNotContain("file a");
      assertThat(threads()).isEqualTo(1);
      assertThat(Set.of(b, all)).allMatch(FileEvents.Watch::isValid);
    }
    assertThat(threads()).isZero();
  }

  @Test
  void whatWatchesLongerIsNotEndedWithTheOthers() throws Exception {
    try (FileEvents.Watch all = all(directory)) {
      file("a").close();
      Files.write(directory.resolve("a"), new byte[1]);
      assertThat(untilMarked("marker")).contains("all a").doesNotContain("file a");
      assertThat(all.isValid()).isTrue();
    }
  }

  @Test
  void aDirectoryThatIsReplacedIsWatchedByWhoeverAsksForItLater() throws Exception {
    Path below = Files.createDirectory(directory.resolve("below"));
    Path moved = directory.resolve("moved");
    try (FileEvents.Watch before = all(below)) {
      Files.move(below, moved);
      Files.createDirectory(below);
      try (FileEvents.Watch later =
          FileEvents.watchFile(below, Path.of("b"), () -> reports.add("later"))) {
        Files.write(below.resolve("b"), new byte[1]);
        await("later");
        assertThat(later.isValid()).isTrue();
      }
      Files.write(moved.resolve("a"), new byte[1]);
      assertThat(await("all a")).doesNotContain("all b");
      assertThat(before.isValid()).isTrue();
      assertThat(before.isCurrent()).as("the path leads elsewhere").isFalse();
    }
  }

  @Test
  void theEndOfADirectoryIsReported() throws Exception {
    Path below = Files.createDirectory(directory.resolve("below"));
    try (FileEvents.Watch all = all(below)) {
      Files.delete(below);
      await("lost");
      assertThat(all.isValid()).isFalse();
      Files.createDirectory(below);
      try (FileEvents.Watch later = all(below)) {
        Files.write(below.resolve("a"), new byte[1]);
        await("all a");
        assertThat(later.isValid()).isTrue();
      }
    }
  }

  @Test
  void whoCannotTakeAReportGetsItLaterAndKeepsNoneFromOthers() throws Exception {
    BlockingQueue<String> failing = new LinkedBlockingQueue<>(Set.of("1", "2", "3", "4"));
    try (FileEvents.Watch broken =
            FileEvents.watchFile(
                directory,
                Path.of("a"),
                () -> {
                  if (failing.poll() != null) {
                    throw new NoClassDefFoundError("for want of a descriptor");
                  }
                  reports.add("at last");
                });
        FileEvents.Watch other = file("a")) {
      Files.write(directory.resolve("a"), new byte[1]);
      await("file a", "at last");
      assertThat(failing).isEmpty();
      assertThat(Set.of(broken, other)).allMatch(FileEvents.Watch::isValid);
    }
  }

  /** Whoever watches many files says how long what follows a report may wait for the next one. */
  @Test
  void whatFollowsAReportIsReportedTogether() throws Exception {
    BlockingQueue<Set<Path>> together = new LinkedBlockingQueue<>();
    try (FileEvents.Watch all =
        FileEvents.watchDirectory(
            directory,
            new FileEvents.Listener() {
              @Override
              public void changed(Set<Path> names) {
                together.add(names);
              }

              @Override
              public void lost() {}

              @Override
              public long restNanos() {
                return TimeUnit.SECONDS.toNanos(1);
              }
            })) {
      Files.createFile(directory.resolve("a"));
      assertThat(together.poll(30, TimeUnit.SECONDS)).contains(Path.of("a"));
      Files.createFile(directory.resolve("b"));
      Files.createFile(directory.resolve("c"));
      assertThat(together.poll(30, TimeUnit.SECONDS)).contains(Path.of("b"), Path.of("c"));
      assertThat(all.isValid()).isTrue();
    }
  }

  @Test
  void anOverflowReachesAll() throws Exception {
    try (FileEvents.Watch a = file("a");
        FileEvents.Watch all =
            FileEvents.watchDirectory(
                directory,
                new FileEvents.Listener() {
                  private boolean overflowed;

                  @Override
                  public void changed(Set<Path> names) {
                    if (!overflowed) {
                      overflow();
                    }
                    overflowed = true;
                  }

                  @Override
                  public void lost() {
                    reports.add("lost");
                  }
                })) {
      Files.write(directory.resolve("b"), new byte[1]);
      await("lost", "file a");
      assertThat(Set.of(a, all)).allMatch(FileEvents.Watch::isValid);
    }
  }

  /** More events than a service keeps of a directory, while nobody takes them. */
  private void overflow() {
    try {
      for (int i = 0; i < 600; i++) {
        Files.write(directory.resolve("x" + i), new byte[1]);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
