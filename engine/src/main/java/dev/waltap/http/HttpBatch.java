// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import dev.waltap.api.Change;
import dev.waltap.json.BlobFormat;
import dev.waltap.json.ChangeJson;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A batch as it is posted. May be written more than once, from any thread, the same each time. */
public interface HttpBatch {

  /** How {@link HttpHandler} writes batches. */
  @FunctionalInterface
  interface Format {

    /**
     * The changes of one call, which are given once and in order.
     *
     * @throws IOException if they can't be written
     */
    HttpBatch batch(List<Change> changes) throws IOException;
  }

  /** Changes as {@link ChangeJson} writes them. */
  static Format json(BlobFormat blobs) {
    return changes -> new JsonBatch(changes, blobs);
  }

  /** What it is of, at least one. */
  List<Change> changes();

  /**
   * Some of them, since the receiver refuses all at once.
   *
   * @param from the first one
   * @param to the one after the last
   */
  HttpBatch part(int from, int to);

  /**
   * Writes {@code {"changes":[…]}}, in UTF-8; neither flushes nor closes.
   *
   * @throws IOException if the stream does
   */
  void write(OutputStream out) throws IOException;
}
