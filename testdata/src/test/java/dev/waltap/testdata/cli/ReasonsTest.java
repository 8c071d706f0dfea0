// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.CaptureBuilder;
import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program that starts captures again decides by the reason why one ended. */
@Timeout(60)
class ReasonsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private TestDatabase database;
  private Connection writer;

  private interface Deed {
    void run() throws Exception;
  }

  @BeforeEach
  void create() throws Exception {
    database = TestDatabase.create();
    writer = database.open();
    TestDatabase.execute(writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
  }

  @AfterEach
  void close() throws Exception {
    writer.close();
    database.close();
  }

  private CaptureBuilder builder() {
    return Waltap.open(database.path()).handler(batch -> {}).listener(CaptureListener.NONE);
  }

  private void assertEnds(UnaryOperator<CaptureBuilder> options, Deed deed, Reason reason)
      throws Exception {
    try (ChangeDataCapture capture = options.apply(builder()).build()) {
      CaptureHandle handle = capture.start();
      assertThat(handle.awaitReady(LONG)).isTrue();
      deed.run();
      assertThatThrownBy(() -> handle.end().get(30, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(CaptureException.class)
          .extracting(e -> ((CaptureException) e).reason())
          .isEqualTo(reason);
    }
  }

  private void assertRefused(CaptureBuilder builder, Reason reason) {
    try (ChangeDataCapture capture = builder.build()) {
      assertThatThrownBy(capture::cdc)
          .isInstanceOf(CaptureException.class)
          .extracting(e -> ((CaptureException) e).reason())
          .isEqualTo(reason);
    }
  }

  private void makeUnreadable() throws Exception {
    TestDatabase.execute(
        writer,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE t(id INTEGER PRIMARY KEY, v of a newer kind'"
            + " WHERE name = 't'",
        "PRAGMA writable_schema = OFF");
  }

  @Test
  void databaseGone() throws Exception {
    assertEnds(options -> options, () -> Files.delete(database.path()), Reason.DATABASE_GONE);
    assertRefused(builder(), Reason.REFUSED);
  }

  @Test
  void schemaThatIsNotKnown() throws Exception {
    assertEnds(options -> options, this::makeUnreadable, Reason.SCHEMA);
    assertRefused(builder(), Reason.SCHEMA);
  }

  @Test
  void noSuchTable() {
    assertRefused(builder().tables("none"), Reason.REFUSED);
  }

  @Test
  void handlerThatThrows() throws Exception {
    assertEnds(
        options ->
            options.handler(
                batch -> {
                  throw new IllegalStateException("no room");
                }),
        () -> TestDatabase.execute(writer, "INSERT INTO t(v) VALUES('a')"),
        Reason.HANDLER);
  }

  @Test
  void faultOfAListener() {
    CaptureListener faulty =
        new CaptureListener() {
          @Override
          public void ready() {
            throw new IllegalStateException("a listener's fault");
          }
        };
    assertRefused(builder().listener(faulty), Reason.BUG);
  }

  @Test
  void stateThatIsNoDirectory() throws Exception {
    assertRefused(
        builder().stateDirectory(Files.createFile(database.directory().resolve("file"))),
        Reason.REFUSED);
  }

  @Test
  void restartsWhatMayHelp() {
    assertThat(Reason.values())
        .filteredOn(Reason::isRetryable)
        .containsExactlyInAnyOrder(
            Reason.FAILED, Reason.HANDLER, Reason.DISK, Reason.DATABASE_GONE);
  }
}
