// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waltap.testdata.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A disk under the state directory that is full, read-only or away: capture ends in words, and what
 * was saved is where it goes on.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class FailingStateTest extends DurableFixture {
  private static final int ROWS = 16;

  private static List<String> shell(String script) {
    return List.of("sh", "-c", script, "sh");
  }

  /** In mount and user namespaces of its own, where anybody may mount; not everywhere allowed. */
  private static List<String> namespace(String script) {
    return List.of("unshare", "-rm", "sh", "-c", script, "sh");
  }

  private static void assumeNamespaces() throws Exception {
    List<String> probe = namespace("mount -t tmpfs none /mnt");
    Process process;
    try {
      process = new ProcessBuilder(probe).redirectErrorStream(true).start();
    } catch (java.io.IOException e) {
      assumeTrue(false, "no unshare here");
      return;
    }
    assumeTrue(
        process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0,
        "nobody may mount in a namespace here");
  }

  /** One row for the state to hold, then rows of a megabyte each, which no disk here can hold. */
  private void prepare() throws Exception {
    assertThat(run("setup")).isZero();
    TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')");
    assertThat(once()).isZero();
    assertThat(emitted()).containsExactly("a INSERT 2");
  }

  private void writeMuch() throws Exception {
    for (int id = 10; id < 10 + ROWS; id++) {
      TestDatabase.execute(writer, "INSERT INTO b VALUES(" + id + ", randomblob(1000000))");
    }
  }

  private int onceUnder(List<String> prefix) throws Exception {
    try (CaptureProcess process =
        startUnder(prefix, "cdc", "--once", "--blobs", "omit", "--output", output.toString())) {
      return process.await(LIMIT);
    }
  }

  private void failsWith(String words) throws Exception {
    assertThat(errors()).contains(words, "nothing saved is lost");
    assertThat(errors().lines().filter(line -> !line.contains("ready")).toList()).hasSize(1);
  }

  private void goesOn() throws Exception {
    assertThat(run("cdc", "--once", "--blobs", "omit", "--output", output.toString())).isZero();
    List<String> emitted = emitted();
    assertThat(emitted).contains("b INSERT 10", "b INSERT " + (9 + ROWS));
    assertThat(emitted.stream().filter(line -> !line.startsWith("b INSERT"))).isEmpty();
    assertThat(once()).isZero();
    assertThat(emitted()).isEmpty();
  }

  @Test
  void endsInWordsWhenAFileMayNotGrow() throws Exception {
    prepare();
    writeMuch();
    // 10 MiB: more than the driver's native library, less than what is to be saved.
    assertThat(onceUnder(shell("ulimit -f 20480; exec \"$@\""))).isEqualTo(1);
    // Either the state or the temporary file of the page set.
    failsWith("cannot ");
    assertThat(errors()).doesNotContain("error inside");
    goesOn();
  }

  @Test
  void endsInWordsWhenTheDiskIsFull() throws Exception {
    assumeNamespaces();
    prepare();
    writeMuch();
    Path kept = database.directory().resolve("kept");
    String state = state().toString();
    String script =
        ("cp -a STATE KEPT && mount -t tmpfs -o size=4m none STATE && cp -a KEPT/. STATE/"
                + " && { \"$@\"; exit=$?; rm -r KEPT; cp -a STATE KEPT; exit $exit; }")
            .replace("STATE", state)
            .replace("KEPT", kept.toString());
    assertThat(onceUnder(namespace(script))).isEqualTo(1);
    failsWith("the disk is full");
    deleteState();
    Files.move(kept, state());
    goesOn();
  }

  @Test
  void endsInWordsWhenTheDiskIsReadOnly() throws Exception {
    assumeNamespaces();
    prepare();
    writeMuch();
    String state = state().toString();
    String script =
        "mount --bind STATE STATE && mount -o remount,ro,bind STATE && exec \"$@\""
            .replace("STATE", state);
    assertThat(onceUnder(namespace(script))).isEqualTo(1);
    assertThat(errors()).containsIgnoringCase("read-only");
    assertThat(errors().lines().toList()).hasSize(1);
    goesOn();
  }

  @Test
  void endsInWordsWhenTheStateIsRemoved() throws Exception {
    prepare();
    try (CaptureProcess capture = start("cdc", "--output", output.toString())) {
      capture.awaitReady(LIMIT);
      deleteState();
      TestDatabase.execute(writer, "INSERT INTO a VALUES(3, 'x')");
      assertThat(capture.await(LIMIT)).isEqualTo(1);
      assertThat(capture.errors()).contains("removed or replaced");
    }
    assertThat(once()).as("there is no state to go on from").isEqualTo(2);
  }

  private void deleteState() throws Exception {
    try (var files = Files.list(state())) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.delete(state());
  }
}
