// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.Directories;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.broker.Broker;
import dev.waltap.testdata.broker.CaptureProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Several processes, each of which captures a directory of databases into one Kafka, killed at
 * random while somebody writes to all of them, with places for some or for all: whatever the
 * moment, every database is in its topic once, in order, and no consumer sees a part of a
 * transaction.
 */
final class FleetKills implements AutoCloseable {

  /** A directory, and who captures it, or captured it last. */
  private static final class Fleet {
    private final Path databases;
    private final Path state;
    private CaptureProcess capture;

    private Fleet(Path databases, Path state, CaptureProcess capture) {
      this.databases = databases;
      this.state = state;
      this.capture = capture;
    }
  }

  /** One database of all. */
  private record Member(String topic, Connection connection, RandomWrites writes) {}

  private final Random random;
  private final Broker broker;
  private final Path directory = Files.createTempDirectory("waltap-fleet-kills");
  private final String name = "fleet-" + UUID.randomUUID();
  private final List<Fleet> fleets = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();

  /** How many databases each process captures. */
  private final int each;

  private FleetKills(long seed, Broker broker, int databases) throws Exception {
    this.random = new Random(seed);
    this.broker = broker;
    this.each = databases;
  }

  /**
   * One run.
   *
   * @param processes how many capture
   * @param databases how many each of them captures
   * @param kills how often one of them is killed
   * @param brokers whether the broker is killed, too
   * @return what happened, for people
   */
  static String run(
      long seed, Broker broker, int processes, int databases, int kills, boolean brokers)
      throws Exception {
    try (FleetKills run = new FleetKills(seed, broker, databases)) {
      run.make(processes);
      return run.run(kills, brokers);
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void make(int processes) throws Exception {
    for (int i = 0; i < processes; i++) {
      Path made = Files.createDirectory(directory.resolve("databases" + i));
      for (int j = 0; j < each; j++) {
        String file = "p" + i + "d" + j + ".db";
        Connection connection = TestDatabase.open(made.resolve(file));
        TestDatabase.execute(connection, "PRAGMA journal_mode = WAL");
        members.add(
            new Member(name + "-" + file, connection, new RandomWrites(random, connection)));
      }
      Path state = directory.resolve("state" + i);
      fleets.add(new Fleet(made, state, start(made, state, "--once")));
    }
    for (Fleet fleet : fleets) {
      assertThat(fleet.capture.exit()).as(fleet.capture.errors()).isZero();
    }
  }

  private CaptureProcess start(Path databases, Path state, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "cdc",
                "--directory",
                databases.toString(),
                "--state",
                state.toString(),
                "--source-name",
                name + "-{database}",
                "--topic",
                "{database}",
                "--batch-size",
                String.valueOf(1 + random.nextInt(60)),
                // Some make room for others, and take up their transactions again.
                "--max-open",
                String.valueOf(1 + random.nextInt(1 + each))));
    arguments.addAll(List.of(more));
    return CaptureProcess.start(directory, broker.address(), arguments.toArray(String[]::new));
  }

  private String run(int kills, boolean brokers) throws Exception {
    for (Fleet fleet : fleets) {
      fleet.capture = start(fleet.databases, fleet.state);
    }
    int transactions = 0;
    int brokerKills = 0;
    for (int i = 0; i < kills; i++) {
      Fleet fleet = fleets.get(random.nextInt(fleets.size()));
      if (random.nextInt(4) > 0) {
        fleet.capture.await("waltap: ready");
      }
      transactions += write(random.nextInt(60));
      if (brokers && random.nextInt(3) == 0) {
        brokerKills++;
        broker.kill();
        transactions += write(random.nextInt(20));
        broker.start();
        transactions += write(random.nextInt(20));
      }
      fleet.capture.kill();
      transactions += write(random.nextInt(10));
      mustBeWhole();
      fleet.capture = start(fleet.databases, fleet.state);
    }
    for (Fleet fleet : fleets) {
      fleet.capture.kill();
      fleet.capture = start(fleet.databases, fleet.state, "--once");
    }
    for (Fleet fleet : fleets) {
      assertThat(fleet.capture.exit()).as(fleet.capture.errors()).isZero();
    }
    for (Member member : members) {
      Replay replay = new Replay();
      replay.apply(Topic.values(broker.address(), member.topic()));
      member.writes().mustEqual(replay);
    }
    return transactions
        + " transactions of "
        + members.size()
        + " databases, "
        + kills
        + " captures and "
        + brokerKills
        + " brokers killed";
  }

  /** Writes so often to any of them. */
  private int write(int times) throws Exception {
    int transactions = 0;
    for (int i = 0; i < times; i++) {
      Member member = members.get(random.nextInt(members.size()));
      transactions += member.writes().write(1 + random.nextInt(4));
    }
    return transactions;
  }

  private void mustBeWhole() {
    for (Member member : members) {
      Replay replay = new Replay();
      replay.apply(Topic.stableValues(broker.address(), member.topic()));
      assertThat(replay.isWhole()).as("a reader sees a part of a transaction").isTrue();
    }
  }

  @Override
  public void close() throws Exception {
    for (Fleet fleet : fleets) {
      fleet.capture.close();
    }
    for (Member member : members) {
      member.connection().close();
    }
    Directories.delete(directory);
  }
}
