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
 * <p><b>Why it is not mapped.</b> Reading a page of a mapping that lies past the end of a truncated
 * file is a SIGBUS. Java makes an {@link InternalError} of it, but on JDK 17 not where it happened,
 * bulk copy or not: the copy returns as if all were well, and the error comes up in some later,
 * innocent statement (seen in every one of 200 trials once the code was compiled). WALs are
 * truncated in ordinary use, and ordinary reads end at the file's end instead.
 *
 * <p><b>How it could be mapped.</b> A call into the runtime right after the copy delivers the error
 * there: {@code sink = new byte[n][n]} with an {@code n} that is no constant is one. With it, the
 * error came up within the copy in 1000 of 1000 trials in each of four modes of JDK 17.0.15 (C1, C2
 * alone, interpreted, -Xcomp) and of JDK 25.0.3. Without it, JDK 17 told it elsewhere from the
 * first trial on, in all of these modes, and JDK 25 in 1000 of 1000 with C2 alone. But no
 * specification promises that, and little is to be had: 0.4 to 0.9 microseconds for a frame of 4
 * KiB that way on JDK 17, 0.9 to 1.0 by reads in blocks, 3 to 5 by reading frames singly.
 *
 * <p>Frames are small and come in sequences, so {@link #readAhead} lets a range be read in blocks.
 *
 * <p>Not interruptible. Not safe for several threads: one thread owns it and closes it.
 */
public final class LogFile implements AutoCloseable {

  private static final int BLOCK = 32 << 10;

  private final Path path;
  private @Nullable RandomAccessFile file;
  private @Nullable Object identity;
  private boolean closed;

  private final byte[] block = new byte[BLOCK];
  private long blockStart;
  private int blockLength;
  private long aheadEnd;

  /** Opens the file, or waits for {@link #follow} to find it if it is not there. */
  public LogFile(Path path) throws IOException {
    this.path = path;
    follow();
  }

  /**
   * Forgets what was read ahead, and allows bytes up to {@code end} to be read ahead from now on:
   * the caller proves afterwards, not before each copy, that they did not change.
   */
  public void readAhead(long end) {
    blockLength = 0;
    aheadEnd = end;
  }

  /**
   * Copies bytes out.
   *
   * @return false, and undefined bytes, if the file does not reach that far: it was truncated, or
   *     is not there
   */
  public boolean copy(long offset, byte[] dst, int dstOff, int len) {
    Objects.checkFromIndexSize(dstOff, len, dst.length);
    if (offset + len > aheadEnd || len > BLOCK) {
      return read(offset, dst, dstOff, len) == len;
    }
    if (offset < blockStart || offset + len > blockStart + blockLength) {
      blockStart = offset;
      blockLength = read(offset, block, 0, (int) Math.min(BLOCK, aheadEnd - offset));
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
    int done = 0;
    try {
      source.seek(offset);
      while (done < len) {
        int n = source.read(dst, dstOff + done, len - done);
        if (n < 0) {
          break;
        }
        done += n;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + path + " at offset " + offset, e);
    }
    return done;
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
   * Looks where the path leads and goes there: after this the file is the one that stands at the
   * path, or none.
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
        file = new RandomAccessFile(path.toFile(), "r");
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
    readAhead(0);
    RandomAccessFile old = file;
    file = null;
    identity = null;
    if (old != null) {
      old.close();
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
