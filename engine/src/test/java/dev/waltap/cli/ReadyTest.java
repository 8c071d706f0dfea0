// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.ChangeDataCapture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is said at the start: ready, and what is true of it; and at the end of {@code --once}. */
class ReadyTest extends CommandTest {
  private static final int SIGTERM = 15;

  /** Standard error once it has the ready line and this; the command is stopped then. */
  private String start(String and, Runnable then, Object... line) throws Exception {
    StopSignals signals = new StopSignals(code -> {});
    err.reset(); // Of a command before.
    CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> run(signals, line));
    await("waltap: ready");
    then.run();
    await(and);
    signals.raise(SIGTERM);
    assertThat(exit.get(20, TimeUnit.SECONDS)).isZero();
    return err();
  }

  private void await(String text) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!err().contains(text)) {
      assertThat(System.nanoTime()).as(text + ": " + err()).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static void unchecked(CallableWithoutResult work) {
    try {
      work.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private interface CallableWithoutResult {
    void call() throws Exception;
  }

  @Test
  void withNoDatabaseItSaysWhatItWaitsForAndThenWhatCame() throws Exception {
    Path empty = Files.createDirectory(directory.resolve("empty"));
    String errors =
        start(
            "late.db: is captured now",
            () -> unchecked(() -> make("empty/late.db")),
            "cdc",
            "--directory",
            empty);
    assertThat(errors)
        .contains("waltap: ready, waiting for databases: none yet in " + empty + " matches '*.db'")
        .doesNotContain("every later commit");
  }

  @Test
  void withDatabasesItNamesThemAndThoseThatCanNotBeCaptured() throws Exception {
    make("a.db");
    Files.writeString(directory.resolve("b.db"), "no database");
    assertThat(start("ready", () -> {}, "cdc", "--directory", directory))
        .contains("waltap: found 2 databases: a.db, b.db\n")
        .contains("ready: every later commit will be emitted, but for 1 database that can't be");
    assertThat(start("ready", () -> {}, "cdc", "--directory", directory, "--match", "b*"))
        .contains("waltap: ready, but no database can be captured yet, see above");
  }

  @Test
  void aRootThatCanHoldNoStatesIsRefused() throws Exception {
    make("a.db");
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(run("cdc", "--directory", directory, "--state", file.resolve("root"))).isEqualTo(1);
    assertThat(err()).hasLineCount(1).contains("no states can be kept below ").contains("--state");
  }

  @Test
  void whatAJournalRepeatsIsCountedByItsTransactions() throws Exception {
    Path a = make("a.db");
    Path state = directory.resolve("a.db-waltap");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + a);
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO t VALUES(0)");
      assertThat(run("setup", a)).isZero();
      for (int i = 1; i <= 3; i++) {
        statement.execute("INSERT INTO t VALUES(" + i + ")");
      }
      try (ChangeDataCapture capture =
          Waltap.open(a)
              .stateDirectory(state)
              .once(true)
              .handler(
                  batch -> {
                    throw new IllegalStateException("the consumer is away");
                  })
              .build()) {
        assertThatThrownBy(capture::cdc).isInstanceOf(CaptureException.class);
      }
      assertThat(run("cdc", a, "--once")).as(err()).isZero();
      assertThat(out().lines()).hasSize(3);
      assertThat(err()).contains("caught up: delivered 3 changes of 3 transactions, up to");
      statement.execute("INSERT INTO t VALUES(9)");
      assertThat(run("cdc", a, "--once")).as(err()).isZero();
      assertThat(err()).contains("caught up: delivered 1 change of 1 transaction, up to");
    }
  }

  @Test
  void netChangesAfterAPauseAreSaidWithoutAlarm() throws Exception {
    Path a = make("a.db");
    assertThat(run("setup", a)).isZero();
    execute(a, "INSERT INTO t VALUES(1)"); // And the WAL is gone.
    assertThat(run("cdc", a, "--once")).isZero();
    assertThat(err())
        .containsOnlyOnce("what changed since is emitted as its net effect, in one transaction")
        .doesNotContain("warning");
    execute(a, "PRAGMA user_version"); // Gone again, and nothing missed.
    assertThat(run("cdc", a, "--once")).isZero();
    assertThat(err()).doesNotContain("net effect");
    execute(a, "INSERT INTO t VALUES(2)");
    assertThat(run("cdc", a, "--once", "--quiet")).isZero();
    assertThat(err()).isEmpty();
  }
}
