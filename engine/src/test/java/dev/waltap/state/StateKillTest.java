// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.wal.LogKeeper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL of a process in the middle of adding, acknowledging and compacting, and of adding to a
 * state that is closed.
 */
@Tag("slow")
class StateKillTest {
  private static final int KILLS = Integer.getInteger("waltap.kills", 50);
  @TempDir Path temp;

  @Test
  void whateverWasFlushedIsThere() throws Exception {
    long seed = Long.getLong("waltap.seed", System.nanoTime());
    Random random = new Random(seed);
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    try (StateLock lock = directory.hold("test")) {
      StateModel.create(lock).close();
    }
    for (int kill = 0; kill < KILLS; kill++) {
      long[] reported = runAndKill(directory, random.nextLong(), random.nextInt(25));
      String which = "-Dwaltap.seed=" + seed + ", kill " + kill;
      try (StateLock lock = directory.hold("test");
          StateStore store = StateStore.open(lock)) {
        assertThat(StateModel.difference(store)).as(which).isEmpty();
        assertThat(StateModel.number(store.end())).as(which).isGreaterThanOrEqualTo(reported[0]);
        var acknowledged = store.acknowledged();
        assertThat(acknowledged).as(which).isNotNull();
        assertThat(acknowledged)
            .as(which)
            .isGreaterThanOrEqualTo(StateModel.position(reported[1]).position());
        assertThat(store.base().isWithin(acknowledged)).as(which).isTrue();
      }
    }
  }

  /** Runs a writer for so many flushes and a random moment more; what it reported last. */
  private static long[] runAndKill(StateDirectory directory, long seed, int lines)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-Dslf4j.internal.verbosity=ERROR",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                directory.path().toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long[] reported = new long[2];
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      String line = "";
      for (int i = 0; i <= lines && line != null; i++) {
        line = out.readLine();
        if (line != null) {
          reported[0] = Long.parseLong(line.substring(0, line.indexOf(' ')));
          long acknowledged = Long.parseLong(line.substring(line.indexOf(' ') + 1));
          reported[1] = Math.max(reported[1], acknowledged);
        }
      }
      assertThat(line).as("the writer ended by itself").isNotNull();
      child.destroyForcibly();
    }
    child.waitFor();
    return reported;
  }

  /** Adds, acknowledges and compacts until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      Random random = new Random(Long.parseLong(arguments[1]));
      StateDirectory directory = StateDirectory.at(Path.of(arguments[0]));
      while (true) {
        if (random.nextBoolean()) {
          work(directory, random);
        } else {
          addToClosed(ClosedStates.close(directory, 0), random);
        }
      }
    }

    private static void addToClosed(ClosedState closed, Random random) {
      int count = random.nextInt(20);
      StateAppender turn = closed.append("turn");
      while (turn != null) {
        StateModel.Step step = StateModel.step(StateModel.number(closed.end()) + 1);
        try (StateAppender appender = turn) {
          appender.add(step.entry(), step.images());
          report(StateModel.number(closed.end()), 0);
          if (count > 0) {
            appender.acknowledge(step.entry().position().position());
            report(StateModel.number(closed.end()), StateModel.number(closed.end()));
          }
        }
        count--;
        turn = closed.append("turn");
      }
    }

    private static void work(StateDirectory directory, Random random) {
      try (StateLock lock = directory.hold("writer");
          StateStore store = StateStore.open(lock)) {
        long next = StateModel.number(store.end()) + 1;
        long acknowledged = StateModel.number(store.base());
        for (int flushes = random.nextInt(20); flushes >= 0; flushes--) {
          for (int i = random.nextInt(8); i >= 0; i--) {
            ClosedStates.add(store, next++);
          }
          store.flush();
          acknowledged = Math.max(acknowledged, next - 1 - random.nextInt(30));
          store.acknowledge(StateModel.position(acknowledged).position());
          if (random.nextInt(3) == 0) {
            store.compact(Duration.ofMillis(random.nextInt(5)), LogKeeper.NONE);
            report(next - 1, acknowledged);
          } else {
            report(next - 1, 0);
          }
        }
      }
    }

    private static void report(long end, long acknowledged) {
      System.out.println(end + " " + acknowledged);
    }
  }
}
