// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.json.BlobFormat;
import dev.waltap.json.ChangeJson;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Writes each change as a line of JSON, in UTF-8, ended by LF. The stream is flushed once per
 * batch, and a {@link FileOutput} synced before it counts as delivered. Whoever made the stream
 * closes it.
 */
public final class JsonLinesHandler implements ChangesHandler {

  private final OutputStream out;
  private final ChangeJson json;

  public JsonLinesHandler(OutputStream out, BlobFormat blobs) {
    this.out = out;
    this.json = new ChangeJson(blobs, out);
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException {
    json.drop(); // What a batch left that failed is delivered with it, again and whole.
    for (Change change : changes) {
      json.write(change);
      json.around("\n");
    }
    json.flush();
    out.flush();
  }

  @Override
  public void flush() throws IOException {
    FileOutput.sync(out);
  }
}
