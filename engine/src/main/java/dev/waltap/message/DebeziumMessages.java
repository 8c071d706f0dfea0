// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import java.io.IOException;

/** Messages of {@link DebeziumMapping} in JSON, UTF-8. For one thread. */
public final class DebeziumMessages implements MessageFormat {
  private final DebeziumMapping mapping;
  private final DataJson json;

  /**
   * Messages.
   *
   * @param withSchemas whether each key and value comes with its schema, as {@code
   *     {"schema":…,"payload":…}}: what Kafka Connect's JSON converter has where {@code
   *     schemas.enable} is set
   */
  public DebeziumMessages(DebeziumMapping mapping, boolean withSchemas) {
    this.mapping = mapping;
    this.json = new DataJson(withSchemas);
  }

  @Override
  public void messages(Change change, MessageSink to) throws IOException {
    for (DataMessage message : mapping.messages(change)) {
      byte[] key = json.bytes(message.key());
      to.message(message.kind(), message.table(), key, json.bytes(message.value()));
    }
  }

  @Override
  public void nothingBefore() {
    mapping.nothingBefore();
  }
}
