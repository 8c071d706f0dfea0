package dev.waltap.cli;

import dev.waltap.api.ChangesHandler;
import java.io.Closeable;
import java.io.IOException;

/**
 * An opened output.
 *
 * @param handler takes the changes
 * @param stop makes the handler give up what it only retries; for any thread
 * @param closing releases the output when the capture has ended
 */
record Sink(ChangesHandler handler, Runnable stop, Closeable closing) implements Closeable {

  @Override
  public void close() throws IOException {
    closing.close();
  }
}
