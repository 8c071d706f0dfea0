// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.testdata.broker.Broker;
import dev.waltap.testdata.broker.SharedBroker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A few of the runs that {@link FleetKills} makes. */
@Tag("slow")
class FleetKillTest {

  @Test
  void processesOfManyDatabasesKilledAtRandomLeaveEveryChangeOnceInTheTopicOfItsDatabase()
      throws Exception {
    long seed = System.nanoTime() % 1_000_000;
    System.out.println(
        "seed " + seed + ": " + FleetKills.run(seed, SharedBroker.get(), 2, 5, 2, false));
  }

  /** Of as many seeds as are asked for, beginning with the first one; brokers are killed, too. */
  @Test
  @EnabledIfSystemProperty(named = "waltap.kafka.fleet.runs", matches = "\\d+")
  @Timeout(value = 12, unit = TimeUnit.HOURS)
  void asManyRunsAsAreAskedForLeaveEveryChangeOnce() throws Exception {
    long first = Long.getLong("waltap.kafka.seed", 1);
    int processes = Integer.getInteger("waltap.kafka.fleet.processes", 2);
    int databases = Integer.getInteger("waltap.kafka.fleet.databases", 5);
    try (Broker broker = Broker.started()) {
      for (long seed = first; seed < first + Long.getLong("waltap.kafka.fleet.runs", 1); seed++) {
        System.out.println(
            "seed " + seed + ": " + FleetKills.run(seed, broker, processes, databases, 6, true));
      }
    }
  }
}
