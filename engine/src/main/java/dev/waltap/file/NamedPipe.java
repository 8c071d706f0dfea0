// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import dev.waltap.io.Closer;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A named pipe (FIFO), opened by the first write: to open one waits until somebody reads it, and
 * nothing in Java ends that wait. For the one thread that writes, except {@link #close}.
 */
final class NamedPipe extends OutputStream {

  private final Closer.Opening<OutputStream, IOException> opening;
  private @Nullable OutputStream out;
  private boolean closed;

  /**
   * A pipe that is not open yet.
   *
   * @param opening opens it; waits for a reader
   */
  NamedPipe(Closer.Opening<OutputStream, IOException> opening) {
    this.opening = opening;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    opened().write(bytes, offset, length);
  }

  /** Without the lock while it waits, so that it can be closed meanwhile. */
  private OutputStream opened() throws IOException {
    OutputStream open = current();
    if (open == null) {
      open = opening.open();
      if (!keep(open)) {
        open.close();
        throw new IOException("closed while it waited for a reader");
      }
    }
    return open;
  }

  private synchronized @Nullable OutputStream current() {
    return out;
  }

  private synchronized boolean keep(OutputStream open) {
    if (!closed) {
      out = open;
    }
    return !closed;
  }

  @Override
  public void close() throws IOException {
    OutputStream open;
    synchronized (this) {
      closed = true;
      open = out;
    }
    if (open != null) {
      open.close();
    }
  }
}
