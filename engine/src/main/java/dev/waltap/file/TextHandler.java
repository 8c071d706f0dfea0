// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.json.JsonText;
import dev.waltap.json.Timestamps;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes each change as a line {@code <timestamp>: <table> <operation>}, in UTF-8, ended by LF, and
 * flushes the stream once per batch; a {@link FileOutput} is synced before that counts as
 * delivered. Control characters in a table's name appear as {@code \\u000A}. Whoever made the
 * stream closes it.
 */
public final class TextHandler implements ChangesHandler {

  private final OutputStream out;
  private final Timestamps timestamps = new Timestamps();

  public TextHandler(OutputStream out) {
    this.out = out;
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException {
    StringBuilder line = new StringBuilder(80);
    for (Change change : changes) {
      line.setLength(0);
      line.append(": ").append(JsonText.oneLine(change.table())).append(' ');
      line.append(change.operation()).append('\n');
      out.write(timestamps.ascii(change.timestamp()));
      out.write(line.toString().getBytes(StandardCharsets.UTF_8));
    }
    out.flush();
  }

  @Override
  public void flush() throws IOException {
    FileOutput.sync(out);
  }
}
