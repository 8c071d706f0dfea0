// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import dev.waltap.api.Change;
import dev.waltap.json.BlobFormat;
import dev.waltap.json.ChangeJson;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Changes as {@link ChangeJson} has them, each time made from them: they may be large. */
record JsonBatch(List<Change> changes, BlobFormat blobs) implements HttpBatch {

  @Override
  public HttpBatch part(int from, int to) {
    return new JsonBatch(changes.subList(from, to), blobs);
  }

  @Override
  public void write(OutputStream out) throws IOException {
    ChangeJson json = new ChangeJson(blobs, out);
    String separator = "{\"changes\":[";
    for (Change change : changes) {
      json.around(separator);
      json.write(change);
      separator = ",";
    }
    json.around("]}");
    json.flush();
  }
}
