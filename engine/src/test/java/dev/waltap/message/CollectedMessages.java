// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages as text, one after the other. */
final class CollectedMessages implements MessageSink {

  /** One message; a null value is a tombstone. */
  record Message(MessageKind kind, String table, @Nullable String key, @Nullable String value) {}

  final List<Message> messages = new ArrayList<>();

  static List<Message> of(MessageFormat format, Change... changes) throws IOException {
    CollectedMessages collected = new CollectedMessages();
    for (Change change : changes) {
      format.messages(change, collected);
    }
    return collected.messages;
  }

  @Override
  public void message(
      MessageKind kind, String table, byte @Nullable [] key, byte @Nullable [] value) {
    messages.add(new Message(kind, table, text(key), text(value)));
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }
}
