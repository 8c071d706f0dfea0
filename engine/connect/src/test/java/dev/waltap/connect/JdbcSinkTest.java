// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.broker.SharedBroker;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** PostgreSQL, filled by the real JDBC sink of Debezium, equals the database. */
@Tag("slow")
class JdbcSinkTest {

  @BeforeEach
  void needsPostgresAndTheSink() {
    String missing = JdbcSink.missing();
    Assumptions.assumeTrue(missing == null, missing);
  }

  private static Map<String, String> source(Path database, String name) {
    Map<String, String> config = ConnectRuntimeTest.config(database, name);
    config.put("key.converter.schemas.enable", "true");
    config.put("value.converter.schemas.enable", "true");
    return config;
  }

  @Test
  void equalsTheDatabaseByTheConnectorAndByTheSidecar() throws Exception {
    long seed = System.nanoTime() % 1_000_000;
    String broker = SharedBroker.get().address();
    try (Postgres postgres = Postgres.started();
        ConnectProcess connect = ConnectProcess.started(broker, JdbcSink.plugins())) {
      System.out.println("seed " + seed + ": " + byConnector(seed, postgres, connect, 1));
      connect.delete("sink");
      connect.delete("source");
      postgres.query("DROP TABLE t, u");
      bySidecar(seed, postgres, connect, broker);
    }
  }

  private static String byConnector(long seed, Postgres postgres, ConnectProcess connect, int kills)
      throws Exception {
    String name = "sink-" + UUID.randomUUID();
    Random random = new Random(seed);
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      JdbcSink sink = new JdbcSink(seed, writer, postgres);
      assertThat(connect.configure("source", source(database.path(), name))).startsWith("201 ");
      assertThat(connect.configure("sink", sink.config(name))).startsWith("201 ");
      sink.awaitEqual(connect);
      for (int i = 0; i < kills; i++) {
        sink.write(random.nextInt(200));
        sink.addColumn();
        sink.write(random.nextInt(100));
        connect.kill();
        sink.write(random.nextInt(50));
        if (random.nextBoolean()) {
          sink.addColumn();
        }
        connect.start();
        sink.write(random.nextInt(100));
        if (random.nextBoolean()) {
          sink.awaitEqual(connect);
        }
      }
      sink.write(20);
      sink.awaitEqual(connect);
      connect.delete("source");
      return kills + " kills";
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private static void bySidecar(long seed, Postgres postgres, ConnectProcess connect, String broker)
      throws Exception {
    String name = "sidecar-" + UUID.randomUUID();
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      JdbcSink sink = new JdbcSink(seed, writer, postgres);
      Process sidecar =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-Xmx128m",
                      "-XX:TieredStopAtLevel=1",
                      "-cp",
                      System.getProperty("java.class.path"),
                      "dev.waltap.cli.Main",
                      "bootstrap-and-cdc",
                      database.path().toString(),
                      "--state",
                      database.directory().resolve("state").toString(),
                      "--source-name",
                      name,
                      "--format",
                      "debezium",
                      "--with-schemas",
                      "--output",
                      "kafka://" + broker))
              .redirectErrorStream(true)
              .redirectOutput(database.directory().resolve("out").toFile())
              .start();
      try {
        assertThat(connect.configure("sink", sink.config(name))).startsWith("201 ");
        sink.awaitEqual(connect);
        sink.write(100);
        sink.addColumn();
        sink.write(100);
        sink.awaitEqual(connect);
      } finally {
        sidecar.destroy();
        if (!sidecar.waitFor(20, TimeUnit.SECONDS)) {
          sidecar.destroyForcibly().waitFor();
        }
      }
    }
  }

  /** With as many kills as are asked for, by the seed that is asked for. */
  @Test
  @EnabledIfSystemProperty(named = "waltap.connect.kills", matches = "\\d+")
  @Timeout(value = 12, unit = TimeUnit.HOURS)
  void equalsTheDatabaseAfterAsManyKillsAsAreAskedFor() throws Exception {
    int kills = Integer.getInteger("waltap.connect.kills", 10);
    long seed = Long.getLong("waltap.connect.seed", 1);
    String broker = SharedBroker.get().address();
    try (Postgres postgres = Postgres.started();
        ConnectProcess connect = ConnectProcess.started(broker, JdbcSink.plugins())) {
      System.out.println("seed " + seed + ": " + byConnector(seed, postgres, connect, kills));
    }
  }
}
