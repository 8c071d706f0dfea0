// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.output.ClientOutput;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.resps.StreamEntry;

/** With a real server, where one is installed. */
class RedisOutputTest extends ServerTest {
  private static final String KEY = "app.db.users";

  RedisOutputTest() {
    super(
        ServerProcess.program("/usr/bin/redis-server"),
        "redis",
        new RedisProvider()::prepare,
        (port, at) ->
            List.of(
                "--bind",
                "127.0.0.1",
                "--port",
                "" + port,
                "--dir",
                at.toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--save",
                ""));
  }

  private Jedis client() {
    return new Jedis("127.0.0.1", server().port());
  }

  private List<String> ids() {
    try (Jedis client = client()) {
      return client.xrange(KEY, "-", "+").stream()
          .map(each -> each.getFields().get("stream") + "/" + each.getFields().get("position"))
          .toList();
    }
  }

  @Test
  void anEntryHasTheChangeAndAnIdByWhichItIsAddedOnce() throws Exception {
    for (int i = 0; i < 2; i++) {
      try (ClientOutput output = output(0)) {
        output.handleChanges(Outputs.batch(Outputs.STREAM, 1));
      }
    }
    assertThat(ids()).hasSize(20);
    try (Jedis client = client()) {
      StreamEntry first = client.xrange(KEY, "-", "+", 1).get(0);
      assertThat(first.getID()).isEqualTo(new StreamEntryID((2L << 32) + 1, 0));
      assertThat(first.getFields())
          .containsEntry("key", "{\"id\":1000,\"name\":\"Adä\"}")
          .containsKeys("stream", "position", "key", "value");
      assertThat(first.getFields().get("value")).startsWith("{\"table\":\"users\"");
      // Those who have read entries may delete them.
      client.xtrim(KEY, 0, false);
    }
    try (ClientOutput output = output(0)) {
      output.handleChanges(Outputs.batch(Outputs.STREAM, 1));
      output.handleChanges(Outputs.batch(Outputs.STREAM, 2));
    }
    assertThat(ids()).hasSize(20).first().isEqualTo("5f1c/2:2:0");
    assertThat(warnings).isEmpty();
  }

  @Test
  @EnabledIfSystemProperty(named = "waltap.output.rows", matches = "\\d+")
  void printsWhatABootstrapTakes() throws Exception {
    measure("Redis streams");
  }

  @Test
  void eachOfManyDatabasesHasAStreamOfItsOwn() throws Exception {
    captureTwoDatabases();
    try (Jedis client = client()) {
      for (String database : List.of("a.db", "b.db")) {
        assertThat(client.xrange("tenants." + database + ".users", "-", "+"))
            .singleElement()
            .satisfies(
                each -> assertThat(each.getFields().get("value")).contains("\"" + database + "\""));
      }
    }
  }

  @Test
  void changesOfAnotherStreamAreNeverTakenForOnesThatAreThere() throws Exception {
    try (ClientOutput output = output(0)) {
      output.handleChanges(Outputs.batch(Outputs.STREAM, 5));
    }
    try (ClientOutput output = output(9)) {
      assertThatThrownBy(() -> output.handleChanges(Outputs.batch("other", 4)))
          .hasMessageContaining("holds entries of another stream of changes in app.db.users");
    }
    try (ClientOutput output = output(0)) {
      output.handleChanges(Outputs.batch("other", 6));
      output.handleChanges(Outputs.batch("other", 6));
    }
    assertThat(ids()).hasSize(40);
  }

  @Test
  void nothingIsLostOrTwiceOrOutOfOrderWhereTheServerIsKilled() throws Exception {
    long seed = Long.getLong("waltap.seed", new Random().nextLong());
    int kills = Integer.getInteger("waltap.sinks.kills", 2);
    long sent = new KillRun(() -> output(Integer.MAX_VALUE), server(), seed).run(kills);
    List<String> ids = ids();
    assertThat(ids).as("seed %d", seed).isEqualTo(Outputs.ids(ids.size() / 20));
    assertThat((long) ids.size()).as("seed %d", seed).isGreaterThanOrEqualTo(sent * 20);
  }

  @Test
  void aLostConnectionIsClosedWithoutAFailureOfItsOwn() throws Exception {
    sendToOneThatWasKilled();
  }

  @Test
  void aServerWithoutRoomIsTriedAgainAndAWrongTypeIsNot() throws Exception {
    try (Jedis client = client()) {
      client.configSet("maxmemory", "1");
      try (ClientOutput output = output(1)) {
        assertThatThrownBy(() -> output.handleChanges(Outputs.batch(Outputs.STREAM, 1)))
            .hasMessageContaining("stays undelivered");
      }
      assertThat(warnings).hasSize(1);
      client.configSet("maxmemory", "0");
      client.set(KEY, "a string");
    }
    try (ClientOutput output = output(9)) {
      assertThatThrownBy(() -> output.handleChanges(Outputs.batch(Outputs.STREAM, 1)))
          .hasMessageContaining("WRONGTYPE");
    }
    assertThat(warnings).hasSize(1);
  }

  @Test
  void aWrongPasswordIsRefusedAtOnceAndNeverShown() throws Exception {
    restart("--requirepass", "s3cret");
    String base = "127.0.0.1:" + server().port();
    for (String address : List.of("redis://" + base, "redis://:wr0ngw0rd@" + base)) {
      try (ClientOutput output =
          new RedisProvider().prepare(Outputs.request(address, 9, warnings::add))) {
        assertThatThrownBy(() -> output.handleChanges(Outputs.batch(Outputs.STREAM, 0)))
            .hasMessageContaining("does not let this user in")
            .hasMessageNotContaining("wr0ngw0rd");
      }
    }
    try (ClientOutput output =
        new RedisProvider()
            .prepare(Outputs.request("redis://:s3cret@" + base + "/1", 0, warnings::add))) {
      output.handleChanges(Outputs.batch(Outputs.STREAM, 0));
    }
    assertThat(warnings).isEmpty();
  }
}
