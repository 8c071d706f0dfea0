// SPDX-License-Identifier: Apache-2.0
package example.embedding;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.wake.WakeSignals;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An application that writes to an SQLite database, and captures in the same process what is
 * written. Its one argument is the database file, which it makes.
 */
public final class Main {
  private static final BlockingQueue<Change> SEEN = new LinkedBlockingQueue<>();

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Path database = Path.of(arguments[0]);
    // A handler can be tested without a database.
    System.out.println(
        describe(Change.builder("test", Operation.DELETE).before(Row.of("id", 1)).build()));
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement application = connection.createStatement()) {
      application.execute("PRAGMA journal_mode = WAL");
      application.execute("CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, active INT)");
      capture(database, application);
      refuse(database);
    }
  }

  private static void capture(Path database, Statement application) throws Exception {
    Path state = database.resolveSibling(database.getFileName() + "-waltap");
    try (ChangeDataCapture capture =
            Waltap.open(database)
                .tables("users")
                .stateDirectory(state)
                .wakeSignal(WakeSignals::walIndexPolling)
                .handler(SEEN::addAll)
                .build();
        CaptureHandle running = capture.start()) {
      if (!running.awaitReady(Duration.ofSeconds(30))) {
        throw new IllegalStateException("the capture is " + running.state());
      }
      application.execute("INSERT INTO users VALUES(1, 'Ada', 1)");
      application.execute("UPDATE users SET active = 0");
      for (int i = 0; i < 2; i++) {
        Change change = SEEN.poll(30, TimeUnit.SECONDS);
        if (change == null) {
          throw new IllegalStateException("nothing was captured");
        }
        System.out.println(describe(change));
      }
    }
  }

  /** What a program that starts captures again goes by. */
  private static void refuse(Path database) {
    try (ChangeDataCapture capture =
        Waltap.open(database).tables("none").handler(SEEN::addAll).build()) {
      capture.cdc();
    } catch (CaptureException e) {
      System.out.println(e.reason() + ", again: " + e.reason().isRetryable());
    }
  }

  private static String describe(Change change) {
    Row row = change.operation() == Operation.DELETE ? change.before() : change.after();
    boolean active = row.indexOf("active") >= 0 && row.getBoolean("active");
    return change.operation() + " " + row.toMap() + (active ? " active" : "");
  }
}
