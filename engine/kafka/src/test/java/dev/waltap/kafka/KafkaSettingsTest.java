// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.output.OutputRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses, the file of properties, and what no message shows. */
class KafkaSettingsTest {
  @TempDir private Path directory = Path.of("");

  private static OutputRequest request(String address, Path config) {
    return new OutputRequest(
        address,
        "app.db",
        (change, to) -> {},
        false,
        null,
        config,
        null,
        null,
        warning -> {},
        secrets -> {});
  }

  private KafkaSettings settings(String... lines) throws IOException {
    Path file = directory.resolve("kafka.properties");
    Files.write(file, java.util.List.of(lines));
    return KafkaSettings.of(request("kafka://one:9094,two", file));
  }

  @Test
  void theUsualPortIsLeftOut() {
    assertThat(KafkaSettings.servers("kafka://one:9094,two/")).isEqualTo("one:9094,two:9092");
    assertThat(KafkaSettings.servers("KAFKA://[::1]:1")).isEqualTo("[::1]:1");
  }

  @Test
  void anAddressThatIsNoneIsRefusedAndNotRepeated() {
    for (String address :
        new String[] {"kafka://", "kafka://a:b@host:1", "kafka://host:x", "kafka:"}) {
      assertThatThrownBy(() -> KafkaSettings.servers(address))
          .as(address)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("HOST:PORT")
          .hasMessageNotContaining("a:b");
    }
  }

  @Test
  void secretsOfTheFileAreHidden() throws IOException {
    KafkaSettings settings =
        settings(
            "sasl.jaas.config=org.apache.kafka.x.PlainLoginModule required username=\"ada\" password=\"s3cret\";",
            "ssl.key.password=other5",
            "security.protocol=SASL_SSL");
    assertThat(settings.secrets().hide("ada, no s3cret, no other5, SASL_SSL"))
        .isEqualTo("ada, no ***, no ***, SASL_SSL");
    assertThat(settings.with(java.util.Map.of())).containsEntry("security.protocol", "SASL_SSL");
  }

  @Test
  void whatExactlyOnceDependsOnCanNotBeSet() {
    assertThatThrownBy(() -> settings("transactional.id=mine"))
        .hasMessageContaining("transactional.id is set by Waltap itself");
    assertThatThrownBy(() -> settings("waltap.topic.partition=3"))
        .hasMessageContaining("waltap.topic.partitions");
  }

  @Test
  void boundsHaveDefaults() throws IOException {
    assertThat(settings().positionsTopic()).isEqualTo("waltap-positions");
    assertThat(settings().maxTransactionBytes()).isEqualTo(32 << 20);
    assertThat(settings("waltap.transaction.max.bytes=1000").maxTransactionBytes()).isEqualTo(1000);
    assertThatThrownBy(() -> settings("waltap.transaction.max.bytes=1 MB"))
        .hasMessageContaining("must be a number");
  }
}
