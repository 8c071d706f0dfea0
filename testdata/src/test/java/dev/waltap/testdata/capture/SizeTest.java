// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.Row;
import dev.waltap.testdata.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows and transactions that are large for the machine. */
@Tag("slow")
class SizeTest {
  private static final int MEGABYTES = 40;

  private static String describe(Change change) {
    return change.operation() + " " + size(change.before()) + " " + size(change.after());
  }

  private static String size(@Nullable Row row) {
    byte[] value = row == null ? null : row.getBytes("v");
    return value == null ? "-" : value.length + ":" + value[value.length - 1];
  }

  @Test
  void emitsARowOfManyMegabytes() throws Exception {
    String size = MEGABYTES + "000000:";
    BlockingQueue<String> emitted = new LinkedBlockingQueue<>();
    try (TestDatabase database = TestDatabase.create(65536, "UTF-8");
        Connection writer = database.open()) {
      TestDatabase.execute(writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)");
      ChangeDataCapture capture =
          Waltap.open(database.path())
              .handler(batch -> batch.forEach(change -> emitted.add(describe(change))))
              .build();
      Thread thread = new Thread(capture::bootstrapAndCdc, "capture");
      thread.start();
      try {
        assertThat(emitted.poll(1, TimeUnit.MINUTES)).startsWith("SCHEMA");
        assertThat(emitted.poll(1, TimeUnit.MINUTES)).startsWith("BOOTSTRAP");
        TestDatabase.execute(
            writer,
            "INSERT INTO t VALUES(1, CAST(zeroblob("
                + (MEGABYTES * 1_000_000 - 1)
                + ") || x'05' AS BLOB))");
        assertThat(emitted.poll(1, TimeUnit.MINUTES)).isEqualTo("INSERT - " + size + "5");
        TestDatabase.execute(
            writer, "UPDATE t SET v = CAST(substr(v, 1, length(v) - 1) || x'06' AS BLOB)");
        assertThat(emitted.poll(1, TimeUnit.MINUTES))
            .isEqualTo("UPDATE " + size + "5 " + size + "6");
      } finally {
        capture.close();
        thread.join();
      }
    }
  }

  /** A capture with 64 MB of heap, and a transaction of 100 MB. */
  @Test
  void emitsATransactionLargerThanTheHeap() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      TestDatabase.execute(writer, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
      Path output = database.directory().resolve("changes");
      Path errors = database.directory().resolve("errors");
      Process process = start(database.path(), output, errors);
      try {
        await(() -> contains(errors, "waltap: ready"), process);
        TestDatabase.execute(
            writer,
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
                + " INSERT INTO t SELECT i, hex(randomblob(500)) FROM n",
            "DELETE FROM t WHERE id = 77777");
        await(() -> contains(output, "t DELETE"), process);
        try (Stream<String> lines = Files.lines(output)) {
          assertThat(lines.filter(line -> line.endsWith("t INSERT")).count()).isEqualTo(100_000);
        }
      } finally {
        process.destroy();
        process.waitFor();
      }
    }
  }

  private static Process start(Path database, Path output, Path errors) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of("-Xmx64m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.waltap.cli.Main", "cdc", database.toString()));
    command.addAll(List.of("--format", "text", "--output", output.toString()));
    return new ProcessBuilder(command).redirectError(errors.toFile()).start();
  }

  private static boolean contains(Path file, String text) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.anyMatch(line -> line.contains(text));
    } catch (IOException e) {
      return false;
    }
  }

  private static void await(BooleanSupplier condition, Process process)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!condition.getAsBoolean()) {
      assertThat(process.isAlive()).isTrue();
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(50);
    }
  }
}
