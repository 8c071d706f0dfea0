// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.cli;

import dev.waltap.Waltap;
import dev.waltap.api.ChangeDataCapture;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;

/** A handler that ends its process, which has a hook that closes the capture, as services do. */
final class ExitingHandlerMain {
  private ExitingHandlerMain() {}

  public static void main(String[] args) throws Exception {
    ChangeDataCapture capture =
        Waltap.open(Path.of(args[0]))
            .stateDirectory(Path.of(args[1]))
            .handler(changes -> System.exit(7))
            .build();
    capture.setup();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  capture.close();
                  System.out.println("closed by the hook");
                }));
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + args[0]);
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO t(v) VALUES('last')");
    }
    capture.cdc();
  }
}
