// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.ChangesHandler;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An opened output.
 *
 * @param handler takes the changes
 * @param stop makes the handler abandon what it only retries; for any thread
 * @param reopen checks whether the output was rotated; null where there is nothing to rotate; for
 *     any thread
 * @param closing releases the output when the capture has ended
 */
record Sink(ChangesHandler handler, Runnable stop, @Nullable Runnable reopen, Closeable closing)
    implements Closeable {

  @Override
  public void close() throws IOException {
    closing.close();
  }
}
