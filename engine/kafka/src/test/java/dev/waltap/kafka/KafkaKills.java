// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.broker.Broker;
import dev.waltap.testdata.broker.CaptureProcess;
import java.sql.Connection;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;

/**
 * Captures and brokers killed at random while somebody writes: whatever the moment, the topic has
 * every change once, in order, and no consumer sees a part of a transaction.
 *
 * <p>{@code main} makes many; see README.md.
 */
public final class KafkaKills {
  private final long seed;
  private final Random random;
  private final Broker broker;
  private final String topic = "kills-" + UUID.randomUUID();

  private KafkaKills(long seed, Broker broker) {
    this.seed = seed;
    this.random = new Random(seed);
    this.broker = broker;
  }

  /** Arguments: how many runs, and the first seed. */
  public static void main(String[] args) throws Exception {
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : 50;
    long first = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime() % 1_000_000;
    try (Broker broker = Broker.started()) {
      for (long seed = first; seed < first + runs; seed++) {
        long begun = System.nanoTime();
        String what = run(seed, broker, 4, true);
        System.out.printf(
            Locale.ROOT,
            "seed %d: %s, %d s%n",
            seed,
            what,
            (System.nanoTime() - begun) / 1_000_000_000L);
      }
    }
  }

  /**
   * One run.
   *
   * @param kills how often the capture is killed
   * @param brokers whether the broker is killed, too
   * @return what happened, for people
   */
  static String run(long seed, Broker broker, int kills, boolean brokers) throws Exception {
    return new KafkaKills(seed, broker).run(kills, brokers);
  }

  private String run(int kills, boolean brokers) throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      RandomWrites writes = new RandomWrites(random, writer);
      catchUp(database);
      int transactions = 0;
      int brokerKills = 0;
      for (int i = 0; i < kills; i++) {
        try (CaptureProcess capture = capture(database)) {
          if (random.nextInt(4) > 0) {
            capture.await("ready");
          }
          transactions += writes.write(1 + random.nextInt(150));
          if (brokers && (i == 0 || random.nextInt(3) == 0)) {
            brokerKills++;
            broker.kill();
            transactions += writes.write(random.nextInt(50));
            broker.start();
            transactions += writes.write(random.nextInt(50));
          }
          capture.kill();
        }
        transactions += writes.write(random.nextInt(10));
        mustBeWhole();
      }
      catchUp(database);
      Replay replay = new Replay();
      replay.apply(Topic.values(broker.address(), topic));
      writes.mustEqual(replay);
      return transactions
          + " transactions, "
          + kills
          + " captures and "
          + brokerKills
          + " brokers killed";
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void mustBeWhole() {
    Replay replay = new Replay();
    replay.apply(Topic.stableValues(broker.address(), topic));
    assertThat(replay.isWhole()).as("a reader sees a part of a transaction").isTrue();
  }

  private CaptureProcess capture(TestDatabase database, String... more) throws Exception {
    String[] arguments = {
      "cdc",
      database.path().toString(),
      "--state",
      database.directory().resolve("state").toString(),
      "--source-name",
      topic,
      "--topic",
      topic,
      "--batch-size",
      String.valueOf(1 + random.nextInt(60))
    };
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return CaptureProcess.start(database.directory(), broker.address(), all);
  }

  private void catchUp(TestDatabase database) throws Exception {
    try (CaptureProcess last = capture(database, "--once")) {
      assertThat(last.exit()).as(last.errors()).isZero();
    }
  }
}
