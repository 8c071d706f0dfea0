// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The one thread that all captures of the process are notified by outlives what others do. */
@Timeout(60)
class FileWatchTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void anInterruptOfItsThreadOrOfTheGroupThatBeganItEndsNoWatch() throws Exception {
    Path file = Files.createFile(directory.resolve("test.db-wal"));
    CountDownLatch written = new CountDownLatch(1);
    FileWatch watch = Objects.requireNonNull(FileWatch.of(file, written::countDown));
    ThreadGroup group = new ThreadGroup("application");
    Thread application = new Thread(group, watch::start);
    application.start();
    application.join();
    assertThat(watch.isActive()).isTrue();
    try {
      Thread thread = watching();
      assertThat(thread.getThreadGroup()).isNotSameAs(group);
      thread.interrupt();
      Files.write(file, new byte[1], StandardOpenOption.APPEND);
      assertThat(written.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(thread.isAlive()).isTrue();
    } finally {
      watch.stop();
    }
  }

  private static Thread watching() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> "waltap-watch".equals(thread.getName()))
        .findFirst()
        .orElseThrow();
  }
}
