// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.Await;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.broker.Broker;
import dev.waltap.testdata.broker.CaptureProcess;
import dev.waltap.testdata.broker.SharedBroker;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A broker that is not there, is not there any more, or does not want what it gets. */
@Tag("slow")
class KafkaOutageTest {
  private static final String[] QUICK = {"--timeout", "2s"};

  private static CaptureProcess capture(TestDatabase database, String address, String... more)
      throws Exception {
    String[] arguments = {
      "cdc",
      database.path().toString(),
      "--state",
      database.directory().resolve("state").toString(),
      "--topic",
      "outage.{table}"
    };
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return CaptureProcess.start(database.directory(), address, all);
  }

  @Test
  void aBrokerThatIsAbsentIsWaitedForAndSigtermEndsThatAtOnce() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      TestDatabase.execute(writer, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
      String nobody = "127.0.0.1:" + Broker.freePort();
      try (CaptureProcess waiting = capture(database, nobody, QUICK)) {
        waiting.await("Kafka at " + nobody + " does not answer in time");
        long begun = System.nanoTime();
        assertThat(waiting.stop()).as(waiting.errors()).isZero();
        assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(6));
      }
      try (CaptureProcess impatient =
          capture(database, nobody, "--timeout", "1s", "--max-retries", "0")) {
        assertThat(impatient.exit()).isEqualTo(1);
        assertThat(impatient.errors()).contains("does not answer in time");
      }
    }
  }

  @Test
  void whatWasWrittenWhileTheBrokerWasAwayArrivesOnce() throws Exception {
    try (Broker broker = Broker.create();
        TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      TestDatabase.execute(writer, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
      try (CaptureProcess capture = capture(database, broker.address(), QUICK)) {
        capture.await("trying again");
        broker.start();
        capture.await("ready");
        insert(writer, 0, 20);
        broker.kill();
        insert(writer, 20, 40);
        capture.await("waltap: warning: Kafka at " + broker.address() + " does not answer in time");
        broker.start();
        insert(writer, 40, 60);
        capture.await("delivered again");
        awaitRows(broker, capture, 60);
        assertThat(capture.stop()).as(capture.errors()).isZero();
      }
      Replay replay = new Replay();
      replay.apply(Topic.values(broker.address(), "outage.t"));
      replay.mustEqual(writer, "t");
    }
  }

  private static void awaitRows(Broker broker, CaptureProcess capture, int count) throws Exception {
    Await.until(
        Duration.ofSeconds(150),
        () -> Topic.stableValues(broker.address(), "outage.t").size() >= count,
        capture::errors);
  }

  private static void insert(Connection writer, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      TestDatabase.execute(writer, "INSERT INTO t VALUES (" + i + ", 'v')");
    }
  }

  @Test
  void aRowThatIsTooLargeForTheTopicSaysWhichSettingToRaise() throws Exception {
    Broker broker = SharedBroker.get();
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open()) {
      TestDatabase.execute(
          writer,
          "CREATE TABLE large(a INTEGER PRIMARY KEY, b)",
          "INSERT INTO large VALUES (1, hex(randomblob(2000000)))");
      String name = "large-" + System.nanoTime();
      try (CaptureProcess capture =
          CaptureProcess.start(
              database.directory(),
              broker.address(),
              "bootstrap",
              database.path().toString(),
              "--source-name",
              name)) {
        assertThat(capture.exit()).as(capture.errors()).isEqualTo(1);
        assertThat(capture.errors()).contains("raise max.message.bytes").doesNotContain("\tat ");
      }
    }
  }
}
