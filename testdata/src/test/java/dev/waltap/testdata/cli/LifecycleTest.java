// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.WakeSignal;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.wake.WakeSignals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The one life cycle of a capture, whichever thread closes or interrupts it. */
@Timeout(60)
class LifecycleTest {
  private TestDatabase database;
  private Connection writer;
  private final AtomicReference<ChangeDataCapture> self = new AtomicReference<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  @BeforeEach
  void create() throws Exception {
    database = TestDatabase.create();
    writer = database.open();
    TestDatabase.execute(
        writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t(v) VALUES('a')");
  }

  @AfterEach
  void close() throws Exception {
    writer.close();
    database.close();
  }

  private CaptureBuilder builder() {
    return Waltap.open(database.path()).noState().handler(changes -> {});
  }

  private Path state() {
    return database.directory().resolve("state");
  }

  private void closeSelf() {
    requireNonNull(self.get()).close();
  }

  private ChangeDataCapture build(CaptureBuilder builder) {
    ChangeDataCapture capture = builder.build();
    self.set(capture);
    return capture;
  }

  private Thread run(Runnable work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    thread.start();
    return thread;
  }

  private static List<String> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("waltap-"))
        .filter(name -> !name.equals("waltap-map")) // Shared; it ends by itself.
        .toList();
  }

  @Test
  void aListenerMayCloseItsCapture() {
    try (ChangeDataCapture capture =
        build(
            builder()
                .listener(
                    new CaptureListener() {
                      @Override
                      public void ready() {
                        closeSelf();
                      }
                    }))) {
      capture.cdc();
    }
    assertThat(ourThreads()).isEmpty();
  }

  /** A signal that users wrote, on which any-of waits in a thread of its own. */
  private class ClosingSignal extends RecordingSignal {
    @Override
    public void await(long maxNanos) {
      closeSelf();
      super.await(maxNanos);
    }
  }

  private static class RecordingSignal implements WakeSignal {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void start(BooleanSupplier probe, Path database) {
      calls.add("start");
    }

    @Override
    public void await(long maxNanos) {
      LockSupport.parkNanos(Math.min(maxNanos, 5_000_000));
    }

    @Override
    public void wake() {}

    @Override
    public void close() {
      calls.add("close");
    }
  }

  @Test
  void aWakeSignalMayCloseItsCapture() {
    RecordingSignal signal = new ClosingSignal();
    try (ChangeDataCapture capture = build(builder().wakeSignal(signal))) {
      capture.cdc();
    }
    assertThat(signal.calls).containsExactly("start", "close");
    assertThat(ourThreads()).isEmpty();
  }

  /** Often, since the thread that it waits on may be faster than the one that starts it. */
  @RepeatedTest(30)
  void aWakeSignalMayCloseItsCaptureFromTheThreadThatItWaitsOn() {
    RecordingSignal part = new ClosingSignal();
    try (ChangeDataCapture capture = build(builder().wakeSignal(WakeSignals.anyOf(part)))) {
      capture.cdc();
    }
    assertThat(part.calls).containsExactly("start", "close");
    assertThat(ourThreads()).isEmpty();
  }

  @Test
  void setupLeavesTheWakeSignalToTheRun() throws Exception {
    RecordingSignal signal = new RecordingSignal();
    ChangeDataCapture capture = build(builder().stateDirectory(state()).wakeSignal(signal));
    assertThat(capture.setup()).isTrue();
    assertThat(signal.calls).isEmpty();
    Thread runner = run(capture::cdc);
    while (signal.calls.isEmpty()) {
      Thread.onSpinWait();
    }
    capture.close();
    runner.join();
    assertThat(failure.get()).isNull();
    assertThat(signal.calls).containsExactly("start", "close");
  }

  @Test
  void closingWithoutARunClosesTheWakeSignal() {
    RecordingSignal signal = new RecordingSignal();
    build(builder().wakeSignal(signal)).close();
    closeSelf();
    assertThat(signal.calls).containsExactly("close");
  }

  @Test
  void aWakeSignalThatFailsToCloseFailsTheCaptureAndLeavesNothingOpen() {
    IllegalStateException cause = new IllegalStateException("stuck");
    WakeSignal signal =
        new ClosingSignal() {
          @Override
          public void wake() {
            throw new IllegalStateException("deaf");
          }

          @Override
          public void close() {
            throw cause;
          }
        };
    ChangeDataCapture capture = build(builder().stateDirectory(state()).wakeSignal(signal));
    assertThatThrownBy(capture::cdc).isInstanceOf(CaptureException.class);
    capture.close();
    assertThat(ourThreads()).isEmpty();
    try (ChangeDataCapture again =
        Waltap.open(database.path())
            .handler(changes -> {})
            .stateDirectory(state())
            .once(true)
            .build()) {
      again.cdc();
    }
  }

  @Test
  void closeWaitsForASetupUnderWayAndStopsIt() throws Exception {
    TestDatabase.execute(
        writer,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
            + " INSERT INTO t(v) SELECT hex(randomblob(500)) FROM n");
    CountDownLatch scanning = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ChangeDataCapture capture =
        build(
            builder()
                .stateDirectory(state())
                .listener(
                    new CaptureListener() {
                      @Override
                      public void progress(String work, long done, long total, String unit) {
                        scanning.countDown();
                        LockSupport.parkNanos(1_000_000);
                      }
                    }));
    Thread setup = run(capture::setup);
    assertThat(scanning.await(30, TimeUnit.SECONDS)).isTrue();
    goOn.countDown();
    capture.close();
    assertThat(ourThreads()).isEmpty();
    assertThat(Files.exists(state())).isFalse();
    setup.join();
    assertThat(failure.get())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("closed during setup");
    assertThatThrownBy(capture::setup)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was closed");
  }

  @Test
  void aHandlerThatLeavesTheInterruptFlagSetEndsTheCaptureWithItsBatchDelivered() throws Exception {
    CaptureBuilder builder =
        builder().stateDirectory(state()).handler(changes -> Thread.currentThread().interrupt());
    try (ChangeDataCapture capture = build(builder)) {
      assertThat(capture.setup()).isTrue();
      TestDatabase.execute(writer, "INSERT INTO t(v) VALUES('b')");
      assertThatThrownBy(capture::cdc)
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("interrupted")
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
      assertThat(capture.metrics().position()).isNotNull();
    }
    assertThat(catchUp()).isEmpty();
  }

  @Test
  void aRunThatIsInterruptedWhileItWaitsSavesWhatWasDelivered() throws Exception {
    CountDownLatch handled = new CountDownLatch(1);
    ChangeDataCapture capture =
        build(builder().stateDirectory(state()).handler(changes -> handled.countDown()));
    assertThat(capture.setup()).isTrue();
    TestDatabase.execute(writer, "INSERT INTO t(v) VALUES('b')");
    Thread runner = run(capture::cdc);
    assertThat(handled.await(30, TimeUnit.SECONDS)).isTrue();
    runner.interrupt();
    runner.join();
    assertThat(failure.get()).hasCauseInstanceOf(InterruptedException.class);
    capture.close();
    assertThat(catchUp()).isEmpty();
  }

  @Test
  void anInterruptedSetupSetsNothingUp() {
    ChangeDataCapture capture = build(builder().stateDirectory(state()));
    Thread.currentThread().interrupt();
    Throwable thrown = null;
    try {
      capture.setup();
    } catch (CaptureException e) {
      thrown = e;
    }
    boolean kept = Thread.interrupted();
    assertThat(thrown == null).as("whole or not at all").isEqualTo(Files.exists(state()));
    assertThat(kept).isTrue();
    capture.close();
  }

  private List<Change> catchUp() {
    List<Change> got = Collections.synchronizedList(new ArrayList<>());
    try (ChangeDataCapture again =
        Waltap.open(database.path())
            .stateDirectory(state())
            .handler(got::addAll)
            .once(true)
            .build()) {
      again.cdc();
    }
    return got;
  }

  @Test
  void exitInAHandlerWithAClosingShutdownHookEnds() throws Exception {
    List<String> line =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            ExitingHandlerMain.class.getName(),
            database.path().toString(),
            state().toString());
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(database.directory().resolve("exit.txt").toFile())
            .start();
    boolean ended = process.waitFor(40, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).isTrue();
    assertThat(Files.readString(database.directory().resolve("exit.txt")))
        .contains("closed by the hook");
    assertThat(process.exitValue()).isEqualTo(7);
    // The batch that the handler did not return from is delivered again, and the lock is free.
    assertThat(catchUp()).hasSize(1);
  }

  @Test
  void bootstrapOpensNoStateAndRunsBesideACapture() throws Exception {
    List<Change> rows = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch ready = new CountDownLatch(1);
    ChangeDataCapture holder =
        build(
            builder()
                .stateDirectory(state())
                .handler(
                    changes -> {
                      throw new IllegalStateException("consumer down");
                    })
                .listener(
                    new CaptureListener() {
                      @Override
                      public void ready() {
                        ready.countDown();
                      }
                    }));
    assertThatThrownBy(holder::bootstrapAndCdc).hasMessageContaining("consumer down");
    holder.close();
    try (ChangeDataCapture beside =
            Waltap.open(database.path()).stateDirectory(state()).handler(changes -> {}).build();
        ChangeDataCapture oneShot =
            Waltap.open(database.path()).stateDirectory(state()).handler(rows::addAll).build()) {
      oneShot.bootstrap();
      assertThat(oneShot.metrics().position()).isNotNull();
      assertThat(beside).isNotNull();
    }
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0).position().epoch()).isEqualTo(1);
    List<Change> again = new ArrayList<>();
    try (ChangeDataCapture consumer =
        Waltap.open(database.path())
            .stateDirectory(state())
            .handler(again::addAll)
            .once(true)
            .build()) {
      consumer.bootstrapAndCdc();
    }
    assertThat(again).as("nothing of it was acknowledged").hasSize(3);
  }
}
