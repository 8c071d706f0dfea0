// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.output.OutputProvider;
import dev.waltap.output.OutputRequest;
import dev.waltap.output.StreamOutput;
import java.io.IOException;
import java.util.Set;

/** Makes {@code --output kafka://…}. */
public final class KafkaProvider implements OutputProvider {

  /** For {@link java.util.ServiceLoader}. */
  public KafkaProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("kafka");
  }

  @Override
  public StreamOutput prepare(OutputRequest request) throws IOException {
    KafkaSettings settings = KafkaSettings.of(request);
    request.hide().accept(settings.secrets());
    return new KafkaOutput(request, settings);
  }
}
