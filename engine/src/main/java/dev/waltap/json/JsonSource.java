// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import dev.waltap.api.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** The last part of a change: all changes of a capture share it. For one thread. */
final class JsonSource {
  private Source known = Source.NONE;
  private byte[] text = {};

  /** Writes it with the comma before it; nothing for a change that no capture made. */
  void write(Source source, JsonBytes json) throws IOException {
    if (!source.equals(known)) {
      text = source.equals(Source.NONE) ? new byte[0] : text(source);
      known = source;
    }
    json.write(text);
  }

  private static byte[] text(Source source) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    JsonBytes json = new JsonBytes(bytes);
    json.ascii(",\"source\":{\"database\":");
    json.string(source.database());
    json.ascii(",\"stream\":");
    json.string(source.stream());
    json.write('}');
    json.flush();
    return bytes.toByteArray();
  }
}
