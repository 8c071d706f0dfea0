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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that asks for user and password, which the file of --kafka-config has, and that lets
 * users do only what README.md asks for.
 */
@Tag("slow")
class KafkaSaslTest {
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\""
          + " password=\"%s\"";

  private static final ResourcePattern TRANSACTIONS =
      new ResourcePattern(ResourceType.TRANSACTIONAL_ID, "waltap-", PatternType.PREFIXED);

  private static Broker broker;

  @TempDir private Path directory = Path.of("");

  private final List<String> warnings = new CopyOnWriteArrayList<>();
  private Secrets hidden = Secrets.NONE;

  @BeforeAll
  static void start() throws Exception {
    String jaas =
        login("admin", "adm1nword")
            + " user_admin=\"adm1nword\" user_ada=\"s3cret\" user_bob=\"b0bword\";";
    broker =
        Broker.started(
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN",
            "sasl.mechanism.inter.broker.protocol=PLAIN",
            "inter.broker.listener.name=PLAINTEXT",
            "listener.name.plaintext.plain.sasl.jaas.config=" + jaas,
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users=User:admin;User:ANONYMOUS");
    try (Admin admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                broker.address(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                login("admin", "adm1nword") + ";"))) {
      List<AclBinding> allowed = new ArrayList<>();
      allow(allowed, "ada", TRANSACTIONS, AclOperation.WRITE, AclOperation.DESCRIBE);
      for (String topic : List.of("app.db.users", "app.db.unread", "waltap-positions")) {
        allow(
            allowed,
            "ada",
            topic(topic),
            AclOperation.WRITE,
            AclOperation.DESCRIBE,
            AclOperation.CREATE);
      }
      allow(allowed, "ada", topic("app.db.users"), AclOperation.READ);
      allow(allowed, "ada", topic("waltap-positions"), AclOperation.READ);
      allow(
          allowed,
          "bob",
          topic("positions-of-others"),
          AclOperation.WRITE,
          AclOperation.DESCRIBE,
          AclOperation.READ);
      admin.createAcls(allowed).all().get(30, TimeUnit.SECONDS);
    }
  }

  private static ResourcePattern topic(String name) {
    return new ResourcePattern(ResourceType.TOPIC, name, PatternType.LITERAL);
  }

  private static void allow(
      List<AclBinding> to, String user, ResourcePattern what, AclOperation... operations) {
    for (AclOperation operation : operations) {
      to.add(
          new AclBinding(
              what,
              new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW)));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    broker.close();
  }

  private static String login(String user, String password) {
    return LOGIN.replaceFirst("%s", user).replaceFirst("%s", password);
  }

  private StreamOutput output(String user, String password, String... more) throws Exception {
    Path config = directory.resolve("kafka.properties");
    List<String> lines = new ArrayList<>(List.of(more));
    lines.addAll(
        List.of(
            "security.protocol=SASL_PLAINTEXT",
            "sasl.mechanism=PLAIN",
            "sasl.jaas.config=" + login(user, password) + ";"));
    Files.write(config, lines);
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
  void theFileReachesTheClientAndThePermissionsOfTheReadmeSuffice() throws Exception {
    try (StreamOutput output = output("ada", "s3cret")) {
      output.open(null);
      output.handleChanges(List.of(change("users", 1)));
      output.flush();
    }
    assertThat(hidden.hide("s3cret ada")).isEqualTo("*** ada");
    assertThat(warnings).isEmpty();
  }

  @Test
  void whereReadIsMissingAWarningSaysOnceThatForgottenTransactionsAreNotFound() throws Exception {
    try (StreamOutput output = output("ada", "s3cret")) {
      output.open(null);
      for (int frame = 1; frame <= 2; frame++) {
        output.handleChanges(List.of(change("unread", frame)));
        output.flush();
      }
    }
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("this user may not READ the topic app.db.unread", "allow READ");
  }

  private static Change change(String table, long frame) {
    return Change.builder(table, Operation.INSERT)
        .after(Row.of("id", 1))
        .key(Row.of("id", 1))
        .position(new Position(1, frame, 0))
        .source(new Source("app.db", "5f1c"))
        .build();
  }

  @Test
  void aTopicThatIsMissingAndMayNotBeCreatedIsNamed() throws Exception {
    try (StreamOutput output =
        output("bob", "b0bword", "waltap.positions.topic=positions-of-others")) {
      assertThatThrownBy(() -> output.open(null))
          .hasMessageContaining(
              "there is no topic positions-of-others, and this user may not create it")
          .hasMessageContaining("create it (cleanup.policy=compact), or allow CREATE");
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void aWrongPasswordIsRefusedInWordsAndNeverShown() throws Exception {
    try (StreamOutput output = output("ada", "wr0ngw0rd")) {
      assertThatThrownBy(() -> output.open(null))
          .hasMessageContaining("does not accept user and password")
          .hasMessageNotContaining("wr0ngw0rd");
    }
    assertThat(String.join("\n", warnings)).doesNotContain("wr0ngw0rd");
  }
}
