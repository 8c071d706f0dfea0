// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.http.HttpBatch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages as they are posted, made once, since a format is given each change once only.
 *
 * @param changes what they are of
 * @param objects those of each change
 */
record MessageBatch(List<Change> changes, List<List<byte[]>> objects) implements HttpBatch {

  static MessageBatch of(List<Change> changes, MessageObjects format) throws IOException {
    List<List<byte[]>> objects = new ArrayList<>(changes.size());
    for (Change change : changes) {
      objects.add(format.of(change));
    }
    return new MessageBatch(changes, objects);
  }

  @Override
  public HttpBatch part(int from, int to) {
    return new MessageBatch(changes.subList(from, to), objects.subList(from, to));
  }

  @Override
  public void write(OutputStream out) throws IOException {
    String separator = "{\"changes\":[";
    for (List<byte[]> ofChange : objects) {
      for (byte[] object : ofChange) {
        out.write(separator.getBytes(StandardCharsets.US_ASCII));
        out.write(object);
        separator = ",";
      }
    }
    out.write("]}".getBytes(StandardCharsets.US_ASCII));
  }
}
