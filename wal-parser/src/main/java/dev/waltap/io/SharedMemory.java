// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import dev.waltap.format.DatabaseGoneException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The start of a -shm file, the wal-index's header, mapped read-only; see {@link ChannelRegistry}
 * for who opens and closes it and why.
 *
 * <p>Safe for any thread. Whoever acquired it calls {@link #release} and never touches it again: it
 * may be unmapped then. It may only be {@linkplain #copy copied} from while a connection to the
 * database is open: SQLite does not truncate the file then. Were it truncated all the same, copies
 * would end in an {@link InternalError}: in {@link DatabaseGoneException} where that comes up in
 * time, else anywhere later ({@link MappedCopies} explains it).
 */
public final class SharedMemory {

  /** SQLite grows the file in units of this many bytes; the header is in the first. */
  private static final int REGION = 32 << 10;

  private final Path path;
  private final Object identity;
  private final RandomAccessFile file;

  /** Guarded by the registry's lock. */
  int references;

  private volatile @Nullable Mapping map;

  SharedMemory(Path path, Object identity, RandomAccessFile file) {
    this.path = path;
    this.identity = identity;
    this.file = file;
  }

  // The descriptor stays in the registry even when this fails: closing it might drop locks.
  void ensureMapped() throws IOException {
    if (map == null) {
      if (file.length() < REGION) {
        throw new FileSystemException(
            path.toString(), null, "empty yet: no connection has read this database");
      }
      map = Mapping.map(file, 0, REGION);
    }
  }

  /**
   * Copies bytes out, not before any read that precedes the call and not after any that follows it.
   * At least 8 bytes at once: smaller reads would not be made as one guarded copy.
   *
   * @throws DatabaseGoneException if the file was truncated under the mapping
   */
  public void copy(int offset, byte[] dst, int dstOff, int len) {
    Mapping source = map;
    if (source == null) {
      throw new IllegalStateException(path + " was released");
    }
    VarHandle.acquireFence();
    try {
      source.buffer().get(offset, dst, dstOff, len);
    } catch (InternalError e) {
      throw new DatabaseGoneException(path + " was truncated: is the database still open?", e);
    }
    VarHandle.acquireFence();
  }

  /**
   * Reads bytes from the file, which has what every mapping has: also while no connection is open,
   * when SQLite may truncate it. Those past the file's end are zeros.
   */
  public void read(int offset, byte[] dst, int dstOff, int len) {
    synchronized (file) {
      int done = DatabaseFile.read(file, path, offset, dst, dstOff, len);
      Arrays.fill(dst, dstOff + done, dstOff + len, (byte) 0);
    }
  }

  /** Whether {@code candidate} leads to this very file; false if it leads nowhere. */
  public boolean isStill(Path candidate) throws IOException {
    return identity.equals(FileIdentity.orNull(candidate));
  }

  /** Gives back what {@link ChannelRegistry#acquireSharedMemory} gave. */
  public void release() {
    ChannelRegistry.release(this);
  }

  boolean isUnlinked() {
    try {
      return !isStill(path);
    } catch (IOException e) {
      return false; // Not known for certain, so no.
    }
  }

  /** What it is known by in the registry. */
  Object identity() {
    return identity;
  }

  // Only the registry knows when this is right.
  void unmap() {
    Mapping mapped = map;
    map = null;
    if (mapped != null) {
      mapped.unmap();
    }
  }

  // Only the registry knows when this is right.
  void dispose() {
    unmap();
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing " + path, e);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
