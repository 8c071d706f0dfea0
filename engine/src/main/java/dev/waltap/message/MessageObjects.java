// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages in JSON for outputs that have no keys and topics: each value alone, as consoles and HTTP
 * sinks show it, or {@code {"topic":…,"key":…,"value":…}}. A tombstone has no value and is left out
 * in the first case. For one thread.
 */
public final class MessageObjects {
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  private final MessageFormat format;
  private final boolean withKeys;

  /**
   * Objects of these messages.
   *
   * @param withKeys whether each is {@code {"topic":…,"key":…,"value":…}} instead of the value
   *     alone
   */
  public MessageObjects(MessageFormat format, boolean withKeys) {
    this.format = format;
    this.withKeys = withKeys;
  }

  /** The objects of a change, each without a line feed. */
  public List<byte[]> of(Change change) throws IOException {
    List<byte[]> objects = new ArrayList<>(2);
    format.messages(
        change,
        (kind, table, key, value) -> {
          if (withKeys) {
            objects.add(object(topic(kind, change), key, value));
          } else if (value != null) {
            objects.add(value);
          }
        });
    return objects;
  }

  /** As Debezium's connectors name topics. */
  private static String topic(MessageKind kind, Change change) {
    String database = DebeziumSource.database(change);
    return switch (kind) {
      case ROW -> database + "." + JsonText.wellFormed(change.table());
      case SCHEMA -> database;
      case TRANSACTION -> database + ".transaction";
    };
  }

  private static byte[] object(String topic, byte @Nullable [] key, byte @Nullable [] value)
      throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    object.write(ascii("{\"topic\":"));
    object.write(DataJson.string(topic));
    object.write(ascii(",\"key\":"));
    object.write(key == null ? NULL : key);
    object.write(ascii(",\"value\":"));
    object.write(value == null ? NULL : value);
    object.write('}');
    return object.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
