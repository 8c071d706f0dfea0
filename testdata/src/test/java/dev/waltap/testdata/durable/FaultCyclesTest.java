// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Operation;
import dev.waltap.api.WakeSignal;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A fault at the N-th call of the code around a capture, its handler, listener and wake signal, for
 * every N until none is met: afterwards the state is used, nothing is lost, nothing stays open.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
@Tag("slow")
class FaultCyclesTest {
  private static final int ROWS = 12;
  private static final int MAX_CYCLES = 60;

  enum Fault {
    MEMORY,
    STACK,
    FAILURE,
    INTERRUPT
  }

  private final AtomicInteger left = new AtomicInteger();
  private final Set<Long> delivered = new HashSet<>();

  private void call(Fault fault) {
    if (left.decrementAndGet() != 0) {
      return;
    }
    switch (fault) {
      case MEMORY -> throw new OutOfMemoryError("injected");
      case STACK -> throw new StackOverflowError("injected");
      case FAILURE -> throw new IllegalStateException("injected");
      case INTERRUPT -> Thread.currentThread().interrupt();
    }
  }

  private ChangeDataCapture capture(TestDatabase database, Path state, Fault fault) {
    return Waltap.open(database.path())
        .stateDirectory(state)
        .batchSize(3)
        .once(true)
        .handler(changes -> take(changes, fault))
        .wakeSignal(
            new WakeSignal() {
              @Override
              public void await(long maxNanos) {
                call(fault);
                LockSupport.parkNanos(Math.min(maxNanos, 1_000_000));
              }

              @Override
              public void wake() {}

              @Override
              public void close() {
                call(fault);
              }
            })
        .listener(
            new CaptureListener() {
              @Override
              public void ready() {
                call(fault);
              }

              @Override
              public void progress(String work, long done, long total, String unit) {
                call(fault);
              }

              @Override
              public void detail(String message) {
                call(fault);
              }
            })
        .build();
  }

  private void take(List<Change> changes, Fault fault) {
    call(fault);
    for (Change change : changes) {
      if (change.operation() == Operation.INSERT && change.after() != null) {
        delivered.add(change.after().getLong("id"));
      }
    }
    call(fault);
  }

  private static long openFiles() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private static long mappings(TestDatabase database) throws Exception {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains(database.directory().toString())).count();
    }
  }

  private static long ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("waltap-"))
        .filter(thread -> !thread.getName().equals("waltap-map")) // Shared; it ends by itself.
        .count();
  }

  private void cycle(TestDatabase database, Path state, Fault fault) {
    try (ChangeDataCapture capture = capture(database, state, fault)) {
      capture.bootstrapAndCdc();
    } catch (Throwable e) {
      assertThat(e).hasStackTraceContaining(fault == Fault.INTERRUPT ? "nterrupt" : "injected");
    } finally {
      Thread.interrupted();
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void atEveryCallLosesNothingAndLeavesNothingOpen(Fault fault) throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      Path state = database.directory().resolve("state");
      TestDatabase.execute(writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
      left.set(0);
      cycle(database, state, fault); // What is opened once in a process is open now.
      long files = openFiles();
      long mappings = mappings(database);
      int n = 0;
      boolean met = true;
      for (n = 1; met && n <= MAX_CYCLES; n++) {
        int first = n * ROWS;
        for (int id = first; id < first + ROWS; id++) {
          TestDatabase.execute(writer, "INSERT INTO t VALUES(" + id + ", 'x')");
        }
        left.set(n);
        cycle(database, state, fault);
        met = left.get() <= 0;
        left.set(0);
        cycle(database, state, fault);
        for (long id = first; id < first + ROWS; id++) {
          assertThat(delivered).as("fault %s at call %d", fault, n).contains(id);
        }
        assertThat(ourThreads()).isZero();
      }
      assertThat(n).as("calls that a fault was met at").isGreaterThan(5);
      assertThat(openFiles()).isLessThanOrEqualTo(files);
      assertThat(mappings(database)).isLessThanOrEqualTo(mappings);
    }
  }
}
