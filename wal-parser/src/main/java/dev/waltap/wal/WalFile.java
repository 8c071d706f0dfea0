// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import dev.waltap.format.FrameHeader;
import dev.waltap.format.WalHeader;
import dev.waltap.io.LogFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A WAL as an array of frames, committed or not: the reader decides which. Nothing here is proof of
 * anything; the file may change, shrink or be replaced at any time.
 *
 * <p>Allocates nothing for frames, except 16 bytes for each copy out of the mapping: a block of
 * frames, or a header or page where that is all that is wanted. Not safe for several threads: one
 * thread owns it and closes it.
 */
public final class WalFile implements AutoCloseable {

  /** Of larger pages too few fit into a block: to look at a header would cost a whole one. */
  private static final int MAX_PAGE_IN_BLOCKS = 8192;

  private final LogFile file;
  private final int pageSize;

  /**
   * Opens a WAL, which need not exist yet.
   *
   * @param path the database's path with {@code -wal} behind it
   * @param pageSize of the database, 512..65536
   */
  public static WalFile open(Path path, int pageSize) throws IOException {
    return new WalFile(new LogFile(path), pageSize);
  }

  WalFile(LogFile file, int pageSize) {
    if (pageSize < 512 || pageSize > 65536 || Integer.bitCount(pageSize) != 1) {
      throw new IllegalArgumentException("page size " + pageSize);
    }
    this.file = file;
    this.pageSize = pageSize;
  }

  /** Copies the file's header, {@link WalHeader#SIZE} bytes; false if the file is shorter. */
  public boolean header(byte[] dst) {
    return file.copy(0, dst, 0, WalHeader.SIZE);
  }

  /** Copies a frame's header, {@link FrameHeader#SIZE} bytes; false if the file is shorter. */
  public boolean frameHeader(int frame, byte[] dst) {
    return file.copy(FrameHeader.offset(frame, pageSize), dst, 0, FrameHeader.SIZE);
  }

  /** Copies a frame's page; false if the file is shorter. */
  public boolean page(int frame, byte[] dst) {
    return file.copy(FrameHeader.offset(frame, pageSize) + FrameHeader.SIZE, dst, 0, pageSize);
  }

  /**
   * Forgets what was read ahead, and lets frames up to {@code last} be read ahead from now on, one
   * after the other. Only for who proves what was copied afterwards.
   */
  public void readAhead(int last) {
    file.readAhead(end(last), pageSize <= MAX_PAGE_IN_BLOCKS);
  }

  /** As {@link #readAhead}, for frames here and there. */
  public void readSingly(int last) {
    file.readAhead(end(last), false);
  }

  private long end(int last) {
    return FrameHeader.offset(last, pageSize) + FrameHeader.SIZE + pageSize;
  }

  /** Bytes in a page. */
  public int pageSize() {
    return pageSize;
  }

  /** How many whole frames the file has room for, committed, stale or neither. */
  public int capacity() {
    long frames = (file.size() - WalHeader.SIZE) / (FrameHeader.SIZE + pageSize);
    return (int) Math.max(0, Math.min(frames, Integer.MAX_VALUE));
  }

  /** Goes to the file that is now at the path; true if it is another one than before. */
  public boolean follow() {
    try {
      return file.follow();
    } catch (IOException e) {
      throw new UncheckedIOException("opening " + file.path(), e);
    }
  }

  /** Where the file is, or may be. */
  public Path path() {
    return file.path();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  @Override
  public String toString() {
    return file.path().toString();
  }
}
