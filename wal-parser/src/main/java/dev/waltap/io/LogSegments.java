// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;

/**
 * The mapped part of a -wal file, from its start on: segments, since one buffer reaches no further
 * than 2 GiB, the last of them as long as the file was when it was mapped.
 *
 * <p>What the file grows by is mapped in steps, not with every frame: when an eighth of the last
 * segment is missing, or has been asked for in vain that often. The old mapping of that segment is
 * unmapped at once. A file that is truncated stays mapped: what it grows by again shows up in the
 * same mapping. So there is one mapping for each GiB that the file ever had, until {@link #close}.
 *
 * <p>Not safe for several threads; belongs to a {@link LogFile}.
 */
final class LogSegments {

  static final long SEGMENT = 1L << 30;

  /** The least that is worth a mapping. */
  private static final long STEP = 64 << 10;

  private final long segment;
  private final MappedCopies copies = new MappedCopies();
  private final ArrayList<Mapping> segments = new ArrayList<>();
  private boolean maps = MappedCopies.MAPS;
  private long mapped;
  private long limit;
  private long missed;

  LogSegments(long segment) {
    this.segment = segment;
  }

  /**
   * Begins a pass: looks how long the file is, maps what is worth it, and allows bytes before
   * {@code end} to be copied as far as they are mapped and in the file.
   */
  void begin(RandomAccessFile file, long end) throws IOException {
    if (!maps || end == 0) {
      limit = 0;
      return;
    }
    long size = file.length();
    if (size > mapped && Math.max(size - mapped, missed) >= step()) {
      grow(file, size);
    }
    limit = Math.min(Math.min(end, size), mapped);
  }

  private long step() {
    return Math.max(STEP, (mapped % segment) >> 3);
  }

  private void grow(RandomAccessFile file, long size) throws IOException {
    missed = 0;
    try {
      for (long at = mapped - mapped % segment; at < size; at += segment) {
        int index = (int) (at / segment);
        // Room first: a mapping that can't be remembered could not be unmapped.
        segments.ensureCapacity(index + 1);
        Mapping next = Mapping.map(file, at, Math.min(segment, size - at));
        mapped = at + next.buffer().capacity();
        if (index < segments.size()) {
          segments.set(index, next).unmap();
        } else {
          segments.add(next);
        }
      }
    } catch (IOException e) {
      // Truncated meanwhile, or nothing can be mapped here; then reads must do.
      maps = file.length() < size;
    }
  }

  /**
   * Copies bytes out, from the first on.
   *
   * @return how many could be had here; the others are to be read
   */
  int copy(long offset, byte[] dst, int dstOff, int len) {
    long end = Math.min(offset + len, limit);
    long at = offset;
    while (at < end) {
      ByteBuffer source = segments.get((int) (at / segment)).buffer();
      int start = (int) (at % segment);
      int n = (int) Math.min(end - at, segment - start);
      if (!copies.copy(source, start, dst, dstOff + (int) (at - offset), n)) {
        limit = 0; // A read will say what became of it.
        return 0;
      }
      at += n;
    }
    int done = (int) (at - offset);
    missed += len - done;
    return done;
  }

  /** How many bytes of the file are mapped. */
  long mapped() {
    return mapped;
  }

  /** How many mappings that takes. */
  int count() {
    return segments.size();
  }

  /** Unmaps everything; another file may come then. */
  void close() {
    limit = 0;
    mapped = 0;
    missed = 0;
    maps = MappedCopies.MAPS;
    try {
      while (!segments.isEmpty()) {
        segments.remove(segments.size() - 1).unmap();
      }
    } finally {
      if (!segments.isEmpty()) {
        close(); // Whatever one of them threw, the others are unmapped.
      }
    }
  }
}
