// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.broker.SharedBroker;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The connector in a real worker, with a real broker. */
@Tag("slow")
class ConnectRuntimeTest {

  static Map<String, String> config(Path database, String name) {
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "dev.waltap.connect.WaltapSourceConnector");
    config.put("databases", database.toString());
    config.put("source.name", name);
    config.put("topic.creation.default.partitions", "1");
    config.put("topic.creation.default.replication.factor", "1");
    for (String each : List.of("key.converter", "value.converter")) {
      config.put(each, "org.apache.kafka.connect.json.JsonConverter");
      config.put(each + ".schemas.enable", "false");
    }
    config.put("exactly.once.support", "required");
    config.put("transaction.boundary", "connector");
    return config;
  }

  @Test
  void refusesInWordsThenSendsChangesOnceThroughKillsOfTheWorker() throws Exception {
    String name = "runtime-" + UUID.randomUUID();
    String broker = SharedBroker.get().address();
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open();
        ConnectProcess connect = ConnectProcess.started(broker, null)) {
      Path none = database.directory().resolve("none.db");
      assertThat(connect.configure(name, config(none, name)))
          .startsWith("400 ")
          .contains("does not exist, there is nothing to capture");
      assertThat(none).doesNotExist();
      long seed = System.nanoTime() % 1_000_000;
      ConnectKills kills = new ConnectKills(seed, broker, name, connect, database, writer);
      assertThat(connect.configure(name, config(database.path(), name))).startsWith("201 ");
      System.out.println("seed " + seed + ": " + kills.run(1));
      String offsets = connect.get("/connectors/" + name + "/offsets");
      assertThat(offsets).contains("{\"database\":\"" + name + "\"}").contains("\"position\"");
    }
  }

  /** With as many kills as are asked for, by the seed that is asked for. */
  @Test
  @EnabledIfSystemProperty(named = "waltap.connect.kills", matches = "\\d+")
  @Timeout(value = 12, unit = TimeUnit.HOURS)
  void asManyKillsAsAreAskedForLeaveEveryChangeOnce() throws Exception {
    int count = Integer.getInteger("waltap.connect.kills", 10);
    long seed = Long.getLong("waltap.connect.seed", 1);
    String name = "kills-" + UUID.randomUUID();
    String broker = SharedBroker.get().address();
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open();
        ConnectProcess connect = ConnectProcess.started(broker, null)) {
      ConnectKills kills = new ConnectKills(seed, broker, name, connect, database, writer);
      assertThat(connect.configure(name, config(database.path(), name))).startsWith("201 ");
      System.out.println("seed " + seed + ": " + kills.run(count));
    }
  }
}
