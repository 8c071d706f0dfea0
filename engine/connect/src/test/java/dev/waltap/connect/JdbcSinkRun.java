// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.broker.Broker;
import dev.waltap.testdata.broker.CaptureProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Somebody writes and adds columns while a worker, then a sidecar, is killed, and the broker if
 * that is asked for; what the real JDBC sink of Debezium makes of it in PostgreSQL is compared.
 */
final class JdbcSinkRun {
  private final long seed;
  private final int kills;
  private final Postgres postgres;
  private final ConnectProcess connect;
  private final Random random;

  private JdbcSinkRun(long seed, int kills, Postgres postgres, ConnectProcess connect) {
    this.seed = seed;
    this.kills = kills;
    this.postgres = postgres;
    this.connect = connect;
    this.random = new Random(seed);
  }

  private static Map<String, String> source(Path database, String name) {
    Map<String, String> config = ConnectRuntimeTest.config(database, name);
    config.put("key.converter.schemas.enable", "true");
    config.put("value.converter.schemas.enable", "true");
    return config;
  }

  /** One run, with so many kills of each. */
  static void run(long seed, int kills, Broker broker, boolean brokers) throws Exception {
    System.out.println("seed " + seed + ", " + kills + " kills each");
    try (Postgres postgres = Postgres.started();
        ConnectProcess connect = ConnectProcess.started(broker.address(), JdbcSink.plugins())) {
      new JdbcSinkRun(seed, kills, postgres, connect).byConnector();
      connect.delete("sink");
      postgres.query("DROP TABLE t, u");
      new JdbcSinkRun(seed, kills, postgres, connect).bySidecar(broker, brokers);
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void byConnector() throws Exception {
    String name = "sink-" + UUID.randomUUID();
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      JdbcSink sink = new JdbcSink(seed, writer, postgres);
      assertThat(connect.configure("source", source(database.path(), name))).startsWith("201 ");
      assertThat(connect.configure("sink", sink.config(name))).startsWith("201 ");
      sink.awaitEqual(connect);
      kill(sink, connect::kill, connect::start);
      connect.delete("source");
    }
  }

  private void bySidecar(Broker broker, boolean brokers) throws Exception {
    String name = "sidecar-" + UUID.randomUUID();
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      JdbcSink sink = new JdbcSink(seed, writer, postgres);
      String[] command = {
        "bootstrap-and-cdc",
        database.path().toString(),
        "--state",
        database.directory().resolve("state").toString(),
        "--source-name",
        name,
        "--format",
        "debezium",
        "--with-schemas"
      };
      Deque<CaptureProcess> sidecars = new ArrayDeque<>();
      Step start =
          () ->
              sidecars.push(CaptureProcess.start(database.directory(), broker.address(), command));
      try {
        start.run();
        assertThat(connect.configure("sink", sink.config(name))).startsWith("201 ");
        sink.awaitEqual(connect);
        Step kill =
            () -> {
              if (brokers && random.nextInt(3) == 0) {
                broker.kill();
                sink.write(random.nextInt(50));
                broker.start();
              }
              sidecars.element().kill();
            };
        kill(sink, kill, start);
      } finally {
        for (CaptureProcess each : sidecars) {
          each.close();
        }
      }
    }
  }

  /** What fails, or is begun again. */
  private interface Step {
    void run() throws Exception;
  }

  /** Kills it while somebody writes and adds columns, also before it is started again. */
  private void kill(JdbcSink sink, Step kill, Step start) throws Exception {
    for (int i = 0; i < kills; i++) {
      sink.write(random.nextInt(200));
      sink.addColumn();
      sink.write(random.nextInt(100));
      kill.run();
      sink.write(random.nextInt(50));
      if (random.nextBoolean()) {
        sink.addColumn();
      }
      start.run();
      sink.write(random.nextInt(100));
      if (random.nextBoolean()) {
        sink.awaitEqual(connect);
      }
    }
    sink.write(20);
    sink.awaitEqual(connect);
  }
}
