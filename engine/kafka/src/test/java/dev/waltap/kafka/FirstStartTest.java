// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.output.SavedStream;
import dev.waltap.output.StreamOutput;
import dev.waltap.testdata.broker.SharedBroker;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start with settings that these brokers can never do. */
@Tag("slow")
class FirstStartTest {
  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void moreReplicasThanBrokersEndItAtOnce(boolean withState) throws Exception {
    String settings =
        "waltap.topic.replication.factor=3\nwaltap.positions.topic=positions-" + UUID.randomUUID();
    TestStream stream = new TestStream(SharedBroker.get(), directory, settings);
    SavedStream state = withState ? stream.state() : null;
    try (StreamOutput output = stream.output()) {
      assertThatThrownBy(() -> output.open(state))
          .hasMessageContaining("too few brokers")
          .hasMessageContaining("waltap.topic.replication.factor");
    }
    assertThat(stream.warnings()).as("not tried again").isEmpty();
  }
}
