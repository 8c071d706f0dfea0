// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.acceptance;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.durable.CaptureProcess;
import dev.waltap.testdata.model.Value.BlobStyle;
import dev.waltap.testdata.oracle.JsonLineOracle;
import dev.waltap.testdata.oracle.OracleOptions;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line in a process of its own, and on a processor of its own if wanted, writes to a
 * file; the oracle reads the file when it is asked, so that it takes no time from the capture.
 */
public final class CommandLineJudge implements Judge {
  private static final int BUFFER = 1 << 16;

  private final JsonLineOracle oracle = new JsonLineOracle(OracleOptions.DEFAULT, BlobStyle.HEX);
  private final CaptureProcess capture;
  private final InputStream output;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /**
   * Returns when every later commit is certain to be emitted.
   *
   * @param database has its files beside it
   * @param by the command that starts it, such as {@code taskset -c 1}
   * @param jvm options for its JVM
   * @param options more of them for the command line
   */
  public CommandLineJudge(
      TestDatabase database,
      Connection source,
      List<String> by,
      List<String> jvm,
      List<String> options,
      Duration limit)
      throws Exception {
    oracle.oracle().baseline(source);
    Path file = database.directory().resolve("changes.jsonl");
    Path errors = database.directory().resolve("errors.txt");
    capture = CaptureProcess.start(errors, by, jvm, arguments(database.path(), file, options));
    try {
      capture.awaitReady(limit);
      output = new BufferedInputStream(Files.newInputStream(file), BUFFER);
    } catch (IOException | InterruptedException | AssertionError e) {
      capture.close();
      throw e;
    }
  }

  private static List<String> arguments(Path database, Path output, List<String> options) {
    List<String> arguments = new ArrayList<>(List.of("cdc", database.toString(), "--verbose"));
    arguments.addAll(List.of("--output", output.toString()));
    arguments.addAll(options);
    return arguments;
  }

  @Override
  public void awaitMarker(long marker, Duration limit) throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    while (oracle.marker() < marker) {
      int next = output.read();
      if (next == '\n') {
        oracle.line(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else if (next >= 0) {
        line.write(next);
      } else if (!capture.isAlive() || System.nanoTime() - end > 0) {
        throw new AssertionError(
            "waited for marker " + marker + " in vain; the capture says: " + capture.errors());
      } else {
        Thread.sleep(1); // The file's end says nothing about when it grows.
      }
    }
  }

  @Override
  public void compareWith(Connection source) throws Exception {
    oracle.compareWith(source);
  }

  @Override
  public long transactions() {
    return oracle.oracle().transactions();
  }

  @Override
  public long changes() {
    return oracle.oracle().changes();
  }

  @Override
  public long gaps() throws IOException {
    return capture
        .errors()
        .lines()
        .filter(said -> said.contains("emitting the net changes"))
        .count();
  }

  @Override
  public void close() throws Exception {
    try (oracle;
        output) {
      capture.kill();
    }
    capture.errors().lines().filter(said -> said.contains("overrun")).forEach(System.out::println);
  }
}
