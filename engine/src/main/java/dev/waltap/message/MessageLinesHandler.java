// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.file.FileOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Writes each message as a line of JSON, in UTF-8, ended by LF. The stream is flushed once per
 * batch, and a {@link FileOutput} synced before it counts as delivered. Whoever made the stream
 * closes it.
 */
public final class MessageLinesHandler implements ChangesHandler {
  private final OutputStream out;
  private final MessageObjects objects;

  /**
   * A handler that writes to this stream.
   *
   * @param withKeys whether a line is {@code {"topic":…,"key":…,"value":…}} instead of the value
   *     alone
   */
  public MessageLinesHandler(OutputStream out, MessageFormat format, boolean withKeys) {
    this.out = out;
    this.objects = new MessageObjects(format, withKeys);
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException {
    for (Change change : changes) {
      for (byte[] object : objects.of(change)) {
        out.write(object);
        out.write('\n');
      }
    }
    out.flush();
  }

  @Override
  public void flush() throws IOException {
    FileOutput.sync(out);
  }
}
