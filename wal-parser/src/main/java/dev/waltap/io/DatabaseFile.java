// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A database file, open for reading as long as the process lives, unless it is deleted; see {@link
 * ChannelRegistry} for why.
 *
 * <p>Reads are positional and not interruptible. Safe for any thread; readers take turns. Whoever
 * acquired it calls {@link #release}, after which it must not be used; that closes nothing.
 */
public final class DatabaseFile {

  private final Path path;
  private final Object identity;

  /** Not a FileChannel: an interrupt closes that, and with it the descriptor. */
  private final RandomAccessFile file;

  /** Guarded by the registry's lock. */
  int references;

  DatabaseFile(Path path, Object identity, RandomAccessFile file) {
    this.path = path;
    this.identity = identity;
    this.file = file;
  }

  /**
   * Reads up to {@code len} bytes. SQLite takes bytes past the file's end for zeros; that is the
   * caller's to do.
   *
   * @return the number of bytes read; less than {@code len} only at the file's end, 0 past it
   */
  public int read(long offset, byte[] dst, int dstOff, int len) {
    Objects.checkFromIndexSize(dstOff, len, dst.length);
    synchronized (file) {
      return read(file, path, offset, dst, dstOff, len);
    }
  }

  /** The same of any file, which the caller keeps others from moving about in. */
  static int read(RandomAccessFile file, Path path, long offset, byte[] dst, int dstOff, int len) {
    int done = 0;
    try {
      file.seek(offset);
      while (done < len) {
        int n = file.read(dst, dstOff + done, len - done);
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

  /** The file's size in bytes, now. */
  public long size() {
    try {
      return file.length();
    } catch (IOException e) {
      throw new UncheckedIOException("size of " + path, e);
    }
  }

  /** Whether {@code candidate} leads to this very file; false if it leads nowhere. */
  public boolean isStill(Path candidate) throws IOException {
    return look(candidate) != null;
  }

  /** What is known of this file now, if {@code candidate} leads to it; else null. */
  public @Nullable BasicFileAttributes look(Path candidate) throws IOException {
    return FileIdentity.attributesOf(candidate, identity);
  }

  /** Gives back what {@link ChannelRegistry#acquireDatabase} gave. */
  public void release() {
    ChannelRegistry.release(this);
  }

  /** Whether its path is known to lead to it no more. */
  boolean isElsewhere() {
    try {
      return !isStill(path);
    } catch (IOException e) {
      return false;
    }
  }

  /** What it is known by in the registry. */
  Object identity() {
    return identity;
  }

  // Only the registry knows when this is right.
  void dispose() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing " + path, e);
    }
  }

  /** The path by which it was first opened. */
  public Path path() {
    return path;
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
