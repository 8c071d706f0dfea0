// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.handler.DeliveryStoppedException;
import dev.waltap.output.ClientOutput;
import dev.waltap.testdata.Await;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** With a real server, where one is installed. */
class NatsOutputTest extends ServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  NatsOutputTest() {
    super(
        ServerProcess.program("/usr/sbin/nats-server", "/usr/bin/nats-server"),
        "nats",
        new NatsProvider()::prepare,
        (port, at) -> List.of("-a", "127.0.0.1", "-p", "" + port, "-js", "-sd", at.toString()));
  }

  private void makeStream() throws Exception {
    try (Connection connection = Nats.connect(address())) {
      connection
          .jetStreamManagement()
          .addStream(
              StreamConfiguration.builder()
                  .name("waltap")
                  .subjects("app.db.>", "tenants.>")
                  .storageType(StorageType.File)
                  .build());
    }
  }

  private List<MessageInfo> messages() throws Exception {
    List<MessageInfo> messages = new ArrayList<>();
    try (Connection connection = Nats.connect(address())) {
      JetStreamManagement management = connection.jetStreamManagement();
      long count = management.getStreamInfo("waltap").getStreamState().getMsgCount();
      for (long sequence = 1; sequence <= count; sequence++) {
        messages.add(management.getMessage("waltap", sequence));
      }
    }
    return messages;
  }

  @Test
  @EnabledIfSystemProperty(named = "waltap.output.rows", matches = "\\d+")
  void printsWhatABootstrapTakes() throws Exception {
    makeStream();
    measure("NATS JetStream");
  }

  @Test
  void eachOfManyDatabasesHasASubjectOfItsOwn() throws Exception {
    makeStream();
    captureTwoDatabases();
    assertThat(messages())
        .extracting(MessageInfo::getSubject)
        .containsExactlyInAnyOrder("tenants.a.db.users", "tenants.b.db.users");
  }

  @Test
  void aMessageHasTheChangeItsKeyAndAnIdByWhichItIsTakenOnce() throws Exception {
    makeStream();
    try (ClientOutput output = output(0)) {
      output.handleChanges(List.of(Outputs.change(Outputs.STREAM, 1, 0, true)));
    }
    try (ClientOutput output = output(0)) {
      output.handleChanges(List.of(Outputs.change(Outputs.STREAM, 1, 0, true)));
      output.handleChanges(List.of(Outputs.change("other", 1, 0, true)));
    }
    List<MessageInfo> messages = messages();
    assertThat(messages)
        .extracting(each -> each.getHeaders().getFirst("Nats-Msg-Id"))
        .containsExactly("5f1c/2:1:0", "other/2:1:0");
    MessageInfo first = messages.get(0);
    assertThat(first.getSubject()).isEqualTo("app.db.users");
    assertThat(first.getHeaders().getFirst("Waltap-Key"))
        .isEqualTo("{\"id\":1000,\"name\":\"Ad\\u00e4\"}");
    assertThat(new String(first.getData(), StandardCharsets.UTF_8))
        .startsWith("{\"table\":\"users\"")
        .contains("\"name\":\"Adä\"");
    assertThat(warnings).isEmpty();
  }

  @Test
  void aLostConnectionIsClosedWithoutAFailureOfItsOwn() throws Exception {
    makeStream();
    sendToOneThatWasKilled();
  }

  @Test
  void nothingIsLostOrTwiceOrOutOfOrderWhereTheServerIsKilled() throws Exception {
    makeStream();
    long seed = Long.getLong("waltap.seed", new Random().nextLong());
    int kills = Integer.getInteger("waltap.sinks.kills", 2);
    long sent = new KillRun(() -> output(Integer.MAX_VALUE), server(), seed).run(kills);
    List<String> ids =
        messages().stream().map(each -> each.getHeaders().getFirst("Nats-Msg-Id")).toList();
    assertThat(ids).as("seed %d", seed).isEqualTo(Outputs.ids(ids.size() / 20));
    assertThat((long) ids.size()).as("seed %d", seed).isGreaterThanOrEqualTo(sent * 20);
  }

  @Test
  void aMissingStreamIsSaidAndWaitedFor() throws Exception {
    try (ClientOutput output = output(0)) {
      assertThatThrownBy(() -> output.handleChanges(Outputs.batch(Outputs.STREAM, 0)))
          .hasMessageContaining("no stream of JetStream takes this subject")
          .hasMessageContaining("app.db.users");
    }
    try (ClientOutput output = output(Integer.MAX_VALUE)) {
      CompletableFuture<Void> sending = send(output);
      Await.until(LIMIT, () -> !warnings.isEmpty(), () -> "no warning");
      makeStream();
      sending.get(20, TimeUnit.SECONDS);
    }
    assertThat(messages()).hasSize(20);
  }

  private static CompletableFuture<Void> send(ClientOutput output) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            output.handleChanges(Outputs.batch(Outputs.STREAM, 0));
          } catch (Exception e) {
            throw new java.util.concurrent.CompletionException(e);
          }
        });
  }

  @Test
  void stoppingEndsTheRetries() throws Exception {
    server().kill();
    try (ClientOutput output = output(Integer.MAX_VALUE)) {
      CompletableFuture<Void> sending = send(output);
      Await.until(LIMIT, () -> !warnings.isEmpty(), () -> "no warning");
      output.stop();
      assertThatThrownBy(() -> sending.get(5, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(DeliveryStoppedException.class);
    }
    assertThat(warnings.get(0)).contains("nats://127.0.0.1:", "is not reached", "trying again");
  }

  @Test
  void aWrongPasswordIsRefusedAtOnceAndNeverShown() throws Exception {
    restart("--user", "bob", "--pass", "s3cret");
    String base = "127.0.0.1:" + server().port();
    try (ClientOutput output =
        new NatsProvider()
            .prepare(Outputs.request("nats://bob:wr0ngw0rd@" + base, 9, warnings::add))) {
      assertThatThrownBy(() -> output.handleChanges(Outputs.batch(Outputs.STREAM, 0)))
          .hasMessageContaining("does not accept user and password")
          .hasMessageNotContaining("wr0ngw0rd");
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void aMessageThatIsTooLargeIsRefused() throws Exception {
    makeStream();
    try (ClientOutput output = output(9)) {
      assertThatThrownBy(() -> output.handleChanges(List.of(Outputs.large(2 << 20))))
          .hasMessageContaining("raise its max_payload");
    }
  }
}
