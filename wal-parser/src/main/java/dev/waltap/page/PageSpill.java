// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The temporary file of a {@link PageStore}, made when it is first written to. It has no name any
 * more once it is open, so nothing stays behind whatever ends the process. For one thread; the
 * owner closes it.
 *
 * <p>A store is mostly filled once and read through in about the same order, page by page, and a
 * system call takes longer than copying a page. So the chunk at the end is kept until it is full
 * and written at once, and who reads forward reads many pages at once.
 */
final class PageSpill implements AutoCloseable {
  /** Bytes that are read at once by who reads forward. */
  private static final int AHEAD = 64 << 10;

  private final int largest;
  private final int chunkSize;
  private @Nullable FileChannel file;

  /** The last chunk, of which the file has nothing yet. */
  private byte[] tail = new byte[0];

  private long tailStart = -1;
  private int tailSize;

  /** A piece of the file as it is now. */
  private byte[] window = new byte[0];

  private long windowStart;
  private int windowSize;
  private long lastRead;

  private byte[] found = window;
  private int foundAt;

  /**
   * A file that is not there yet.
   *
   * @param largest bytes that are asked for at once at most
   * @param chunkSize bytes that are written at once
   */
  PageSpill(int largest, int chunkSize) {
    this.largest = largest;
    this.chunkSize = chunkSize;
  }

  /** Writes bytes that lie within one chunk. */
  void write(long at, byte[] from, int length) {
    long chunk = at - at % chunkSize;
    if (chunk > tailStart) {
      writeTail();
      if (tail.length == 0) {
        tail = new byte[chunkSize];
      }
      tailStart = chunk;
      tailSize = 0;
    }
    if (chunk == tailStart) {
      int offset = (int) (at - chunk);
      System.arraycopy(from, 0, tail, offset, length);
      tailSize = Math.max(tailSize, offset + length);
      return;
    }
    writeFully(at, from, length);
  }

  /** Nothing that was written is asked for any more. */
  void restart() {
    tailStart = -1;
    tailSize = 0;
    windowSize = 0;
  }

  private void writeTail() {
    if (tailSize > 0) {
      writeFully(tailStart, tail, tailSize);
    }
  }

  private void writeFully(long at, byte[] from, int length) {
    if (at < windowStart + windowSize && at + length > windowStart) {
      windowSize = 0;
    }
    try {
      FileChannel channel = file();
      ByteBuffer buffer = ByteBuffer.wrap(from, 0, length);
      while (buffer.hasRemaining()) {
        channel.write(buffer, at + buffer.position());
      }
    } catch (IOException e) {
      throw failed("write", e);
    }
  }

  /**
   * Finds what was written, up to the chunk's end, as much as there is of {@code largest} bytes: in
   * {@link #array} from {@link #offset} on, until the next call of any method here.
   */
  void find(long at) {
    if (at >= tailStart) {
      found = tail;
      foundAt = (int) (at - tailStart);
      return;
    }
    if (at < windowStart || at + largest > windowStart + windowSize) {
      boolean forward = at >= lastRead && at - lastRead <= AHEAD;
      read(at, forward ? Math.max(AHEAD, largest) : largest);
    }
    lastRead = at;
    found = window;
    foundAt = (int) (at - windowStart);
  }

  private void read(long at, int length) {
    if (window.length < length) {
      window = new byte[length];
    }
    windowStart = at;
    windowSize = 0;
    try {
      FileChannel channel = file();
      ByteBuffer buffer = ByteBuffer.wrap(window, 0, length);
      // What lies in the tail was not written yet, so the file ends there.
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, at + buffer.position()) < 0) {
          break;
        }
      }
      windowSize = buffer.position();
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  /** The array that has what was found. */
  byte[] array() {
    return found;
  }

  /** Where in the array it begins. */
  int offset() {
    return foundAt;
  }

  private static UncheckedIOException failed(String what, IOException e) {
    return new UncheckedIOException(
        "cannot "
            + what
            + " the page set's temporary file in "
            + System.getProperty("java.io.tmpdir")
            + " ("
            + e.getMessage()
            + "): free some space there, or name another directory by -Djava.io.tmpdir; nothing"
            + " saved is lost",
        e);
  }

  private FileChannel file() throws IOException {
    FileChannel channel = file;
    if (channel == null) {
      Path path = Files.createTempFile("waltap-pages", ".tmp");
      try {
        channel =
            FileChannel.open(
                path,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        file = channel;
      } finally {
        Files.deleteIfExists(path);
      }
    }
    return channel;
  }

  @Override
  public void close() {
    tail = new byte[0];
    window = new byte[0];
    windowSize = 0;
    FileChannel channel = file;
    file = null;
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
