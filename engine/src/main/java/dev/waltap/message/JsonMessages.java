// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.json.BlobFormat;
import dev.waltap.json.ChangeJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * One message a change: its value is the change as the JSON lines have it, its key the row's key as
 * there, and none for SCHEMA and BOOTSTRAP. No tombstones. For one thread.
 */
public final class JsonMessages implements MessageFormat {

  /** A buffer grown beyond it by a large row is not kept. */
  private static final int MAX_KEPT = 1 << 20;

  private final BlobFormat blobs;
  private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private ChangeJson json;

  /** Messages with BLOBs as they are said to appear. */
  public JsonMessages(BlobFormat blobs) {
    this.blobs = blobs;
    this.json = new ChangeJson(blobs, bytes);
  }

  @Override
  public void messages(Change change, MessageSink to) throws IOException {
    byte[] key = null;
    Row row = change.key();
    if (row != null) {
      json.writeKey(row);
      key = take();
    }
    json.write(change);
    byte[] value = take();
    boolean schema = change.operation() == Operation.SCHEMA;
    to.message(schema ? MessageKind.SCHEMA : MessageKind.ROW, change.table(), key, value);
  }

  private byte[] take() throws IOException {
    json.flush();
    byte[] taken = bytes.toByteArray();
    if (taken.length <= MAX_KEPT) {
      bytes.reset();
    } else {
      bytes = new ByteArrayOutputStream();
      json = new ChangeJson(blobs, bytes);
    }
    return taken;
  }
}
