// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.PageFormat;
import dev.waltap.io.Closer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The {@code state.db} of a state that is closed, read page by page without SQLite: to open a
 * connection, and to prepare a statement, costs more than to read a few rows.
 *
 * <p>The file must have no log, and nobody may write to it meanwhile: whoever opens it holds the
 * state, see {@link StateLock}, and has looked for a log. No connection of this process may be open
 * on the file: closing this one drops the locks of all of them.
 *
 * <p>For one thread. An interrupt closes the file, as it does any channel.
 */
final class ClosedStateFile implements AutoCloseable {
  private final FileChannel channel;

  /** What was read of it at once: it begins with that. */
  private final byte[] first;

  private final DatabaseHeader header;
  private final PageFormat format;

  /**
   * Opens the file.
   *
   * @param firstBytes how much is read at once, if there is so much; the header at least
   * @throws IOException if it can't be read
   * @throws DatabaseException if it is not a state's file
   */
  static ClosedStateFile open(Path stateDb, int firstBytes) throws IOException {
    Closer closer = new Closer();
    try {
      FileChannel channel = closer.open(() -> FileChannel.open(stateDb, StandardOpenOption.READ));
      return new ClosedStateFile(channel, firstBytes);
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private ClosedStateFile(FileChannel channel, int firstBytes) throws IOException {
    this.channel = channel;
    byte[] read = new byte[firstBytes];
    int count = fill(0, read);
    this.first = count < firstBytes ? Arrays.copyOf(read, count) : read;
    this.header = DatabaseHeader.parse(first);
    if (header.applicationId() != StateFile.APPLICATION_ID) {
      throw new CorruptDatabaseException("page 1: the file is not a state of Waltap");
    }
    this.format = PageFormat.of(header);
  }

  /** Of page 1. */
  DatabaseHeader header() {
    return header;
  }

  /** How its pages are read. */
  PageFormat format() {
    return format;
  }

  /**
   * Reads a page.
   *
   * @param to of the size of a page; left half filled by an exception
   * @throws CorruptDatabaseException if the file ends before
   */
  void read(int pageNumber, byte[] to) throws IOException {
    long offset = (Integer.toUnsignedLong(pageNumber) - 1) * format.pageSize();
    if (offset >= 0 && offset + to.length <= first.length) {
      System.arraycopy(first, (int) offset, to, 0, to.length);
    } else if (offset < 0 || fill(offset, to) < to.length) {
      throw CorruptDatabaseException.page(pageNumber, "is past the end of the file");
    }
  }

  /** Fills the array; returns how many bytes there were. */
  private int fill(long offset, byte[] to) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(to);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        break;
      }
    }
    return buffer.position();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
