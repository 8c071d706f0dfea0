// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.CaptureHandle.State;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Row;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A capture that is started and goes on on a thread of its own. */
@Timeout(60)
class StartTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
  private TestDatabase database;
  private Connection writer;

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
    return Waltap.open(database.path()).handler(changes::addAll);
  }

  private Change next() throws InterruptedException {
    Change change = changes.poll(30, TimeUnit.SECONDS);
    assertThat(change).isNotNull();
    return change;
  }

  private static boolean runsAThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("waltap-handler"));
  }

  @Test
  void isReadyAndEmitsUntilItIsClosed() throws Exception {
    try (ChangeDataCapture capture = builder().build()) {
      CaptureHandle handle = capture.start();
      assertThat(handle.awaitReady(LONG)).isTrue();
      assertThat(handle.state()).isEqualTo(State.READY);
      TestDatabase.execute(writer, "INSERT INTO t(v) VALUES('b')");
      Row after = next().after();
      assertThat(after).isNotNull();
      assertThat(after.getString("v")).isEqualTo("b");
      assertThat(handle.end()).isNotDone();
      handle.close();
      // Not before: a change counts as delivered when the handler has returned.
      assertThat(handle.metrics().changes()).isEqualTo(1);
      assertThat(handle.state()).isEqualTo(State.ENDED);
      assertThat(handle.end()).isCompleted();
      assertThat(runsAThread()).isFalse();
    }
  }

  @Test
  void closingTheCaptureEndsItToo() throws Exception {
    CaptureHandle handle;
    try (ChangeDataCapture capture = builder().build()) {
      handle = capture.start(CaptureMode.BOOTSTRAP_AND_CDC);
      assertThat(handle.awaitReady(LONG)).isTrue();
    }
    assertThat(handle.state()).isEqualTo(State.ENDED);
    assertThat(runsAThread()).isFalse();
  }

  @Test
  void aBootstrapEndsByItselfWithoutBeingReady() throws Exception {
    try (ChangeDataCapture capture = builder().build()) {
      CaptureHandle handle = capture.start(CaptureMode.BOOTSTRAP);
      assertThat(handle.awaitReady(LONG)).isFalse();
      handle.end().get(30, TimeUnit.SECONDS);
      assertThat(handle.state()).isEqualTo(State.ENDED);
      assertThat(changes).hasSize(3);
    }
  }

  @Test
  void saysWhyItFailedBeforeItWasReady() throws Exception {
    Path none = database.directory().resolve("none.db");
    try (ChangeDataCapture capture = Waltap.open(none).handler(changes::addAll).build()) {
      CaptureHandle handle = capture.start();
      assertThatThrownBy(() -> handle.awaitReady(LONG)).isInstanceOf(CaptureException.class);
      assertThat(handle.state()).isEqualTo(State.FAILED);
      assertThatThrownBy(() -> handle.end().get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(CaptureException.class);
    }
  }

  @Test
  void failsWithWhatTheHandlerThrew() throws Exception {
    CaptureBuilder failing =
        Waltap.open(database.path())
            .handler(
                batch -> {
                  throw new IllegalStateException("no room");
                });
    try (ChangeDataCapture capture = failing.build()) {
      CaptureHandle handle = capture.start();
      assertThat(handle.awaitReady(LONG)).isTrue();
      TestDatabase.execute(writer, "INSERT INTO t(v) VALUES('b')");
      assertThatThrownBy(() -> handle.end().get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(CaptureException.class)
          .cause()
          .extracting(e -> ((CaptureException) e).reason())
          .isEqualTo(Reason.HANDLER);
      assertThat(handle.state()).isEqualTo(State.FAILED);
    }
  }

  @Test
  void isRefusedWhereTheCaptureRanAlready() throws Exception {
    try (ChangeDataCapture capture = builder().build()) {
      capture.start();
      assertThatThrownBy(capture::start).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(capture::cdc).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void ofAClosedCaptureEndsAtOnce() throws Exception {
    ChangeDataCapture capture = builder().build();
    capture.close();
    CaptureHandle handle = capture.start();
    handle.end().get(30, TimeUnit.SECONDS);
    assertThat(handle.state()).isEqualTo(State.ENDED);
    assertThat(handle.awaitReady(LONG)).isFalse();
  }

  @Test
  void mayBeClosedByItsHandler() throws Exception {
    CountDownLatch handled = new CountDownLatch(1);
    CaptureHandle[] self = new CaptureHandle[1];
    CountDownLatch assigned = new CountDownLatch(1);
    CaptureBuilder closing =
        Waltap.open(database.path())
            .handler(
                batch -> {
                  assigned.await();
                  self[0].close();
                  handled.countDown();
                });
    try (ChangeDataCapture capture = closing.build()) {
      self[0] = capture.start(CaptureMode.BOOTSTRAP_AND_CDC);
      assigned.countDown();
      assertThat(handled.await(30, TimeUnit.SECONDS)).isTrue();
      self[0].end().get(30, TimeUnit.SECONDS);
      assertThat(self[0].state()).isEqualTo(State.ENDED);
    }
  }
}
