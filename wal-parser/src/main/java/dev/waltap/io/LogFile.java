// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A -wal file, read while others append to it, truncate it, or delete and recreate it. SQLite locks
 * nothing on this file, so it may be opened and closed at will; never use this class for a database
 * or a -shm file ({@link ChannelRegistry} says why).
 *
 * <p>Copies come out of a mapping ({@link LogSegments}) as far as the caller allowed it by {@link
 * #readAhead}, the file reached when that was called, and it is mapped already. All else is read:
 * the end of a growing file, and whatever a truncation took away from under the mapping, where a
 * read simply ends at the file's end. {@link MappedCopies} says why a truncation is a danger at
 * all.
 *
 * <p>Frames are small and come in sequences, so a range can be copied in blocks, mapped or not.
 *
 * <p>Not interruptible. Not safe for several threads: one thread owns it and closes it.
 */
public final class LogFile implements AutoCloseable {

  private static final int BLOCK = 32 << 10;

  private static final byte[] NOTHING = {};

  private final Path path;
  private @Nullable RandomAccessFile file;
  private @Nullable Object identity;
  private boolean closed;

  /** A log that is empty when it is attached to, and closed soon, needs none. */
  private byte[] block = NOTHING;

  private long blockStart;
  private int blockLength;
  private long blocksEnd;
  private final LogSegments segments;

  /** Opens the file, or waits for {@link #follow} to find it if it is not there. */
  public LogFile(Path path) throws IOException {
    this(path, LogSegments.SEGMENT);
  }

  LogFile(Path path, long segment) throws IOException {
    this.path = path;
    this.segments = new LogSegments(segment);
    follow();
  }

  /**
   * Forgets what was read ahead, and allows bytes up to {@code end} to be read ahead, and out of a
   * mapping, from now on: the caller proves afterwards, not before each copy, that they did not
   * change.
   *
   * @param inBlocks whether most of these bytes will be copied, one after the other
   */
  public void readAhead(long end, boolean inBlocks) {
    blockLength = 0;
    blocksEnd = inBlocks ? end : 0;
    RandomAccessFile source = file;
    if (source != null) {
      try {
        segments.begin(source, end);
      } catch (IOException e) {
        throw new UncheckedIOException("size of " + path, e);
      }
    }
  }

  /**
   * Copies bytes out.
   *
   * @return false, and undefined bytes, if the file does not reach that far: it was truncated, or
   *     is not there
   */
  public boolean copy(long offset, byte[] dst, int dstOff, int len) {
    Objects.checkFromIndexSize(dstOff, len, dst.length);
    if (offset + len > blocksEnd || len > BLOCK) {
      return read(offset, dst, dstOff, len) == len;
    }
    if (offset < blockStart || offset + len > blockStart + blockLength) {
      if (block == NOTHING) {
        block = new byte[BLOCK];
      }
      blockStart = offset;
      blockLength = read(offset, block, 0, (int) Math.min(BLOCK, blocksEnd - offset));
      if (blockLength < len) {
        return false;
      }
    }
    System.arraycopy(block, (int) (offset - blockStart), dst, dstOff, len);
    return true;
  }

  private int read(long offset, byte[] dst, int dstOff, int len) {
    RandomAccessFile source = file;
    if (source == null) {
      return 0;
    }
    int done = segments.copy(offset, dst, dstOff, len);
    if (done == len) {
      return done;
    }
    return done + DatabaseFile.read(source, path, offset + done, dst, dstOff + done, len - done);
  }

  /** The file's size in bytes, now; 0 if there is no file. */
  public long size() {
    try {
      RandomAccessFile source = file;
      return source == null ? 0 : source.length();
    } catch (IOException e) {
      throw new UncheckedIOException("size of " + path, e);
    }
  }

  /**
   * Looks where the path leads and goes there: after this the file is the one that is at the path,
   * or none.
   *
   * @return whether that is another file than before
   */
  public boolean follow() throws IOException {
    if (closed) {
      throw new IllegalStateException(path + " was closed");
    }
    Object now = FileIdentity.orNull(path);
    if (Objects.equals(now, identity)) {
      return false;
    }
    drop();
    try {
      if (now != null) {
        file = FileNames.open(path);
        identity = now; // As of before the opening: if replaced meanwhile, the next call sees it.
      }
    } catch (FileNotFoundException e) {
      if (FileIdentity.orNull(path) != null) {
        throw e; // It is there, but not for us.
      }
    }
    return true;
  }

  private void drop() throws IOException {
    RandomAccessFile old = file;
    file = null;
    identity = null;
    try (RandomAccessFile closing = old) {
      readAhead(0, false);
      segments.close();
    }
  }

  /** Where the file is, or may be. */
  public Path path() {
    return path;
  }

  /** Closes the file; again: nothing. */
  @Override
  public void close() throws IOException {
    closed = true;
    drop();
  }
}
