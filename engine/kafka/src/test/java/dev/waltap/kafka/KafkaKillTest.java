// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.testdata.broker.SharedBroker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A few of the runs that {@link KafkaKills} makes. */
@Tag("slow")
class KafkaKillTest {

  @Test
  void capturesKilledAtRandomLeaveEveryChangeOnce() throws Exception {
    long seed = System.nanoTime() % 1_000_000;
    System.out.println("seed " + seed + ": " + KafkaKills.run(seed, SharedBroker.get(), 2, false));
  }

  /** Of as many seeds as are asked for, beginning with the first one; brokers are killed, too. */
  @Test
  @EnabledIfSystemProperty(named = "waltap.kafka.kills", matches = "\\d+")
  @Timeout(value = 12, unit = TimeUnit.HOURS)
  void asManyRunsAsAreAskedForLeaveEveryChangeOnce() throws Exception {
    KafkaKills.main(
        new String[] {
          System.getProperty("waltap.kafka.kills"), System.getProperty("waltap.kafka.seed", "1")
        });
  }
}
