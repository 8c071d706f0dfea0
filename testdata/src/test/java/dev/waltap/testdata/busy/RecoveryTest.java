// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.busy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.testdata.capture.PausingSignal;
import dev.waltap.testdata.oracle.OracleHarness.CaptureFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A writer that dies while it writes to the wal-index leaves the two copies of its header
 * different, and SQLite rebuilds it. That sets the counter of commits to 0, so that continuity must
 * be proved without it.
 */
@Timeout(120)
class RecoveryTest {
  private static final int HEADER_COPIES = 96;

  private final PausingSignal signal = new PausingSignal();
  private final CaptureFactory pausable =
      (path, handler, listener) ->
          Waltap.open(path).handler(handler).listener(listener).wakeSignal(signal).build();

  // By other processes: to close a descriptor of this file here would drop SQLite's locks.
  private static void shell(String command) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static Path index(Busy busy) {
    return Path.of(busy.database.path() + "-shm");
  }

  /** A dying writer has written the second copy, at 48, but not the first one. */
  private static void tear(Busy busy) throws Exception {
    shell("printf '\\377\\377' | dd of=" + index(busy) + " bs=1 seek=64 conv=notrunc");
  }

  private static void copyHeader(Path from, Path to) throws Exception {
    shell("dd if=" + from + " of=" + to + " bs=" + HEADER_COPIES + " count=1 conv=notrunc");
  }

  @Test
  void goesOnAfterATornHeaderThatItselfHasToMend() throws Exception {
    try (Busy busy = new Busy()) {
      for (int i = 2; i < 20; i++) {
        busy.run("INSERT INTO t VALUES(" + i + ", 'x', x'00')");
        busy.settle();
        tear(busy); // Noticed by the capture, since this application does nothing now.
        busy.settle();
        if (i % 5 == 0) {
          busy.run("PRAGMA wal_checkpoint(RESTART)");
        }
      }
      busy.settle();
      assertThat(busy.overruns()).isZero();
    }
  }

  @Test
  void goesOnWhenTheApplicationMendsItInFrontOfNewCommits() throws Exception {
    try (Busy busy = new Busy(pausable)) {
      for (int i = 2; i < 20; i++) {
        busy.run("INSERT INTO t VALUES(" + i + ", 'emitted', x'00')");
        busy.settle();
        signal.pause();
        busy.run("UPDATE t SET v = 'before' WHERE id = " + i);
        tear(busy);
        busy.run("UPDATE t SET v = 'after' WHERE id = " + i);
        signal.resume();
        busy.settle();
        busy.run("PRAGMA wal_checkpoint(" + (i % 3 == 0 ? "RESTART" : "PASSIVE") + ")");
      }
      busy.settle();
      assertThat(busy.overruns()).isZero();
    }
  }

  /** The writer died between the frames of its commit and the header: recovery finds them. */
  @Test
  void emitsACommitThatRecoveryPublished() throws Exception {
    try (Busy busy = new Busy(pausable)) {
      Path saved = Files.createFile(busy.database.directory().resolve("header"));
      for (int i = 2; i < 10; i++) {
        busy.run("INSERT INTO t VALUES(" + i + ", 'emitted', x'00')");
        busy.settle();
        signal.pause();
        copyHeader(index(busy), saved);
        busy.run("UPDATE t SET v = 'unpublished' WHERE id = " + i);
        copyHeader(saved, index(busy));
        tear(busy);
        signal.resume();
        busy.settle();
      }
      assertThat(busy.overruns()).isZero();
    }
  }
}
