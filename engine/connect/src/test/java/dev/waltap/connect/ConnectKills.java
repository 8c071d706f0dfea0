// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * Kills a worker at random while somebody writes: whatever the moment, the topic has every change
 * once, in order, and no consumer sees a part of a transaction. Each transaction changes three
 * rows.
 */
final class ConnectKills {
  private static final int ROWS = 3;

  private final long seed;
  private final Random random;
  private final String broker;
  private final String topic;
  private final ConnectProcess connect;
  private final Connection writer;
  private int transactions;

  ConnectKills(
      long seed,
      String broker,
      String name,
      ConnectProcess connect,
      TestDatabase database,
      Connection writer)
      throws SQLException {
    this.seed = seed;
    this.random = new Random(seed);
    this.broker = broker;
    this.topic = name + ".t";
    this.connect = connect;
    this.writer = writer;
    assertThat(database.path()).exists();
    TestDatabase.execute(writer, "CREATE TABLE t(a INTEGER PRIMARY KEY, b INTEGER)");
    for (int i = 1; i <= ROWS; i++) {
      TestDatabase.execute(writer, "INSERT INTO t VALUES (" + i + ", 0)");
    }
  }

  /** Kills so often; gives what happened, for people. */
  String run(int kills) throws Exception {
    try {
      awaitWhole();
      for (int i = 0; i < kills; i++) {
        write(1 + random.nextInt(300));
        connect.kill();
        write(random.nextInt(30));
        mustBeWhole();
        connect.start();
        write(random.nextInt(200));
        if (random.nextInt(2) == 0) {
          awaitWhole();
        }
      }
      write(20);
      awaitWhole();
      return transactions + " transactions, " + kills + " kills";
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + connect.log(), e);
    }
  }

  private void write(int count) throws SQLException, InterruptedException {
    for (int i = 0; i < count; i++) {
      transactions++;
      TestDatabase.execute(writer, "UPDATE t SET b = " + transactions);
      if (random.nextInt(8) == 0) {
        Thread.sleep(random.nextInt(30));
      }
    }
  }

  private Replay mustBeWhole() {
    Replay replay = Replay.of(Topics.stable(broker, topic));
    assertThat(replay.messagesOfTransactions())
        .as("a reader sees a part of a transaction")
        .allSatisfy((id, messages) -> assertThat(messages).isEqualTo(ROWS));
    return replay;
  }

  /** Waits until the topic has what the database has. */
  private void awaitWhole() throws Exception {
    Map<Object, Object> expected = rows();
    Await.until(
        Duration.ofMinutes(2),
        () -> mustBeWhole().rows().equals(expected),
        () -> "the topic has " + mustBeWhole().rows() + " instead of " + expected);
  }

  private Map<Object, Object> rows() throws SQLException {
    Map<Object, Object> rows = new HashMap<>();
    try (Statement statement = writer.createStatement();
        ResultSet row = statement.executeQuery("SELECT a, b FROM t")) {
      while (row.next()) {
        rows.put(Map.of("a", row.getLong(1)), Map.of("a", row.getLong(1), "b", row.getLong(2)));
      }
    }
    return rows;
  }
}
