// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.http.HttpBatch;
import java.io.IOException;
import java.util.List;

/** Posts messages, as {@code {"changes":[…]}}; for one handler. */
public final class MessageBatches implements HttpBatch.Format {
  private final MessageObjects objects;

  /**
   * Batches of these messages.
   *
   * @param withKeys whether each is {@code {"topic":…,"key":…,"value":…}} instead of the value
   *     alone
   */
  public MessageBatches(MessageFormat format, boolean withKeys) {
    this.objects = new MessageObjects(format, withKeys);
  }

  @Override
  public HttpBatch batch(List<Change> changes) throws IOException {
    return MessageBatch.of(changes, objects);
  }
}
