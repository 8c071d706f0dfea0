// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.capture;

import dev.waltap.testdata.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** An application in a process of its own, which has committed and keeps its connection open. */
final class SecondProcess implements AutoCloseable {
  private static final String DONE = "done";

  private final Process process;

  /** One that has executed these statements. */
  SecondProcess(Path database, String... statements) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SecondProcess.class.getName(),
            database.toString());
    this.process =
        new ProcessBuilder(Stream.concat(command.stream(), Arrays.stream(statements)).toList())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    if (!DONE.equals(output.readLine())) {
      close();
      throw new IOException("the second process has failed");
    }
  }

  /** Executes statements, and waits to be killed. */
  public static void main(String[] args) throws SQLException, IOException {
    try (Connection connection = TestDatabase.open(Path.of(args[0]))) {
      TestDatabase.execute(connection, Arrays.copyOfRange(args, 1, args.length));
      System.out.println(DONE);
      int ended = System.in.read();
      assert ended < 0 : ended;
    }
  }

  /** Kills it. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
