// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.testdata.broker.Broker;
import dev.waltap.testdata.broker.SharedBroker;
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

  @Test
  void equalsTheDatabaseByTheConnectorAndByTheSidecar() throws Exception {
    JdbcSinkRun.run(System.nanoTime() % 1_000_000, 1, SharedBroker.get(), false);
  }

  /** With as many kills as are asked for, by the seed that is asked for; of brokers, too. */
  @Test
  @EnabledIfSystemProperty(named = "waltap.connect.kills", matches = "\\d+")
  @Timeout(value = 12, unit = TimeUnit.HOURS)
  void equalsTheDatabaseAfterAsManyKillsAsAreAskedFor() throws Exception {
    int kills = Integer.getInteger("waltap.connect.kills", 10);
    try (Broker broker = Broker.started()) {
      JdbcSinkRun.run(Long.getLong("waltap.connect.seed", 1), kills, broker, true);
    }
  }
}
