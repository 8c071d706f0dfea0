// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import dev.waltap.api.Position;
import org.jspecify.annotations.Nullable;

/** What is sent of a change. */
final class Message {
  private final String topic;
  private final String stream;
  private final Position position;
  private final int number;
  private final byte @Nullable [] key;
  private final byte[] value;

  /**
   * A message.
   *
   * @param topic the subject, or the stream's key
   * @param stream whose change it is
   * @param position of the change
   * @param number among the messages of the change, from 0
   * @param key in JSON; null for none
   * @param value in JSON
   */
  Message(
      String topic,
      String stream,
      Position position,
      int number,
      byte @Nullable [] key,
      byte[] value) {
    this.topic = topic;
    this.stream = stream;
    this.position = position;
    this.number = number;
    this.key = key;
    this.value = value;
  }

  String topic() {
    return topic;
  }

  String stream() {
    return stream;
  }

  Position position() {
    return position;
  }

  int number() {
    return number;
  }

  byte @Nullable [] key() {
    return key;
  }

  byte[] value() {
    return value;
  }

  /** The same for a message that comes again, and for no other. */
  String id() {
    return stream + "/" + position + (number == 0 ? "" : "/" + number);
  }
}
