// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Position;
import dev.waltap.api.Row;
import dev.waltap.api.Source;
import dev.waltap.handler.Secrets;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.JsonMessages;
import dev.waltap.output.OutputRequest;
import dev.waltap.output.StreamOutput;
import dev.waltap.testdata.broker.Broker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that asks for user and password: the file of --kafka-config has them. */
@Tag("slow")
class KafkaSaslTest {
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\""
          + " password=\"%s\"";

  private static Broker broker;

  @TempDir private Path directory = Path.of("");

  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private Secrets hidden = Secrets.NONE;

  @BeforeAll
  static void start() throws Exception {
    String jaas = login("admin", "adm1nword") + " user_admin=\"adm1nword\" user_ada=\"s3cret\";";
    broker =
        Broker.started(
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN",
            "sasl.mechanism.inter.broker.protocol=PLAIN",
            "inter.broker.listener.name=PLAINTEXT",
            "listener.name.plaintext.plain.sasl.jaas.config=" + jaas);
  }

  @AfterAll
  static void stop() throws Exception {
    broker.close();
  }

  private static String login(String user, String password) {
    return LOGIN.replaceFirst("%s", user).replaceFirst("%s", password);
  }

  private StreamOutput output(String password) throws Exception {
    Path config = directory.resolve("kafka.properties");
    Files.write(
        config,
        List.of(
            "security.protocol=SASL_PLAINTEXT",
            "sasl.mechanism=PLAIN",
            "sasl.jaas.config=" + login("ada", password) + ";"));
    OutputRequest request =
        new OutputRequest(
            "kafka://" + broker.address(),
            "app.db",
            new JsonMessages(BlobFormat.HEX),
            false,
            null,
            config,
            Duration.ofSeconds(20),
            2,
            warnings::add,
            secrets -> hidden = secrets);
    return new KafkaProvider().prepare(request);
  }

  @Test
  void theFileReachesTheClient() throws Exception {
    try (StreamOutput output = output("s3cret")) {
      output.open(null);
      Change change =
          Change.builder("users", Operation.INSERT)
              .after(Row.of("id", 1))
              .key(Row.of("id", 1))
              .position(new Position(1, 1, 0))
              .source(new Source("app.db", "5f1c"))
              .build();
      output.handleChanges(List.of(change));
      output.flush();
    }
    assertThat(hidden.hide("s3cret ada")).isEqualTo("*** ***");
    assertThat(warnings).isEmpty();
  }

  @Test
  void aWrongPasswordIsRefusedInWordsAndNeverShown() throws Exception {
    try (StreamOutput output = output("wr0ngw0rd")) {
      assertThatThrownBy(() -> output.open(null))
          .hasMessageContaining("does not accept user and password")
          .hasMessageNotContaining("wr0ngw0rd");
    }
    assertThat(String.join("\n", warnings)).doesNotContain("wr0ngw0rd");
  }
}
