// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.jspecify.annotations.Nullable;

/**
 * Pages compressed by LZ4, in memory up to a limit and in a temporary file past it. For one thread;
 * the owner closes it.
 *
 * <p>Space is handed out in units of 128 bytes from chunks, of 480 KiB unless the budget is less:
 * of a store among hundreds in one process, a chunk is what it takes at least. A slot that is freed
 * serves the next page of its size or a little less. The file, a {@link PageSpill}, takes memory
 * for one more chunk. A chunk is in memory if there was some when it was begun; where others need
 * that memory, it is moved into the file, into the place that it has there by its number.
 *
 * <pre>
 * SLOT OFFSET  SIZE  MEANING
 *           0     2  units of the slot
 *           2     3  size of the compressed page; equal to the page size: not compressed
 *           5     n  the page
 * </pre>
 */
public final class PageStore implements AutoCloseable {
  private static final int UNIT = 128;

  /**
   * The size in bytes of arrays that hold many pages. Less than half a region of the smallest heap:
   * G1 gives a larger array regions of its own, wastes what is left of the last one, and never
   * moves it.
   */
  public static final int CHUNK = 480 << 10;

  /** The least that a chunk is worth a system call for. */
  private static final int MIN_CHUNK = 64 << 10;

  /** At least so many of the largest slots are in a chunk. */
  private static final int SLOTS_PER_CHUNK = 4;

  private static final int HEADER = 5;
  private static final int FIT_SEARCH = 8;

  /** Bytes that the first chunk begins with. */
  private static final int FIRST = 16 << 10;

  private final int pageSize;
  private final int chunkSize;
  private final int unitsPerChunk;
  private final MemoryLimit memory;

  /** The first chunks, which are always in memory. */
  private final int floorChunks;

  private final LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
  private final LZ4SafeDecompressor decompressor = LZ4Factory.fastestInstance().safeDecompressor();

  /** By number; null for one that is in the file. */
  private final List<byte @Nullable []> chunks = new ArrayList<>();

  /** The numbers of those in memory beyond the first ones. */
  private final IntList movable = new IntList();

  private final IntList[] freeSlots;
  private final byte[] slot;
  private final PageSpill file;
  private byte[] found = new byte[0];
  private int foundAt;
  private int nextUnit;
  private long unitsInUse;

  /** Why the file could not be written, when memory was to be given back. */
  private @Nullable UncheckedIOException unwritable;

  /**
   * An empty store.
   *
   * @param pageSize bytes per page
   * @param memory bytes to use before the temporary file; at least one chunk is used, of 64 KiB or
   *     four pages
   */
  public PageStore(int pageSize, long memory) {
    this(pageSize, MemoryLimit.of(memory));
  }

  /**
   * The same.
   *
   * @param memory how much to use before the temporary file; ours from here on
   */
  public PageStore(int pageSize, MemoryLimit memory) {
    this.pageSize = pageSize;
    this.memory = memory;
    int largest = HEADER + Math.max(pageSize, compressor.maxCompressedLength(pageSize));
    this.slot = new byte[roundUp(largest)];
    long least = Math.max(MIN_CHUNK, SLOTS_PER_CHUNK * (long) slot.length);
    this.chunkSize = (int) Math.min(CHUNK, Math.max(least, memory.floor())) / UNIT * UNIT;
    this.unitsPerChunk = chunkSize / UNIT;
    this.floorChunks = (int) Math.max(1, Math.min(Integer.MAX_VALUE, memory.floor() / chunkSize));
    this.file = new PageSpill(slot.length, chunkSize);
    this.freeSlots = new IntList[slot.length / UNIT + 1];
  }

  /** Bytes in use by pages, in memory and file. */
  public long bytes() {
    return unitsInUse * UNIT;
  }

  /** Keeps a copy of the page and returns the handle that leads to it, never 0. */
  public int store(byte[] page) {
    return storeSlot(pack(page));
  }

  /** Keeps a copy of a page that is packed already, as by {@link #pack(byte[], PackedPage)}. */
  public int store(PackedPage packed) {
    System.arraycopy(packed.bytes(), packed.offset(), slot, HEADER, packed.size());
    return storeSlot(packed.size());
  }

  /** Packs a page that is not kept, until the next call of any method here. */
  public void pack(byte[] page, PackedPage to) {
    int size = pack(page);
    to.set(slot, HEADER, size);
  }

  /** Leads to the page of this handle as it is kept, until the next call of any method here. */
  public void packed(int handle, PackedPage to) {
    find(handle);
    to.set(found, foundAt + HEADER, size(found, foundAt));
  }

  private int pack(byte[] page) {
    int size = compressor.compress(page, 0, pageSize, slot, HEADER, slot.length - HEADER);
    if (size >= pageSize) {
      System.arraycopy(page, 0, slot, HEADER, pageSize);
      return pageSize;
    }
    return size;
  }

  /** Keeps the page that the slot's array has. */
  private int storeSlot(int size) {
    int handle = allocate((HEADER + size + UNIT - 1) / UNIT);
    int units = slotUnits;
    slot[0] = (byte) (units >>> 8);
    slot[1] = (byte) units;
    slot[2] = (byte) (size >>> 16);
    slot[3] = (byte) (size >>> 8);
    slot[4] = (byte) size;
    write(handle, HEADER + size);
    unitsInUse += units;
    return handle;
  }

  /** Fills the array with the page of this handle. */
  public void load(int handle, byte[] page) {
    find(handle);
    byte[] from = found;
    int at = foundAt;
    int size = size(from, at);
    if (size == pageSize) {
      System.arraycopy(from, at + HEADER, page, 0, pageSize);
    } else {
      decompressor.decompress(from, at + HEADER, size, page, 0, pageSize);
    }
  }

  private static int size(byte[] slot, int at) {
    return (slot[at + 2] & 0xff) << 16 | (slot[at + 3] & 0xff) << 8 | (slot[at + 4] & 0xff);
  }

  /** Finds the slot of a handle: it begins at {@code foundAt} in {@code found}. */
  private void find(int handle) {
    byte[] chunk = chunks.get((handle - 1) / unitsPerChunk);
    if (chunk != null) {
      found = chunk;
      foundAt = (handle - 1) % unitsPerChunk * UNIT;
    } else {
      file.find(fileOffset(handle));
      found = file.array();
      foundAt = file.offset();
    }
  }

  /** Forgets the page of this handle. */
  public void free(int handle) {
    find(handle);
    int units = (found[foundAt] & 0xff) << 8 | (found[foundAt + 1] & 0xff);
    unitsInUse -= units;
    assert units > 0 && unitsInUse >= 0 : "slot " + handle + " is not in use";
    release(handle, units);
    if (unitsInUse == 0 && memory.isGrowing() && nextUnit > floorChunks * unitsPerChunk) {
      restart();
    }
  }

  /** Nothing is held: begins again as when it was new, and gives back its memory. */
  private void restart() {
    nextUnit = 0;
    Arrays.fill(freeSlots, null);
    if (chunks.size() > floorChunks) {
      chunks.subList(floorChunks, chunks.size()).clear();
    }
    movable.clear();
    file.restart();
    memory.close();
  }

  private int slotUnits;

  /** A free slot of at least so many units; its true size is left in {@code slotUnits}. */
  private int allocate(int units) {
    int last = Math.min(freeSlots.length - 1, units + FIT_SEARCH);
    for (int size = units; size <= last; size++) {
      IntList free = freeSlots[size];
      if (free != null && free.size() > 0) {
        slotUnits = size;
        return free.removeLast();
      }
    }
    int inChunk = nextUnit % unitsPerChunk;
    if (inChunk + units > unitsPerChunk) {
      nextUnit += unitsPerChunk - inChunk;
    }
    if (nextUnit > Integer.MAX_VALUE - 2 * unitsPerChunk) {
      throw new IllegalStateException("the page set outgrew " + (long) nextUnit * UNIT + " bytes");
    }
    int handle = nextUnit + 1;
    nextUnit += units;
    slotUnits = units;
    return handle;
  }

  private void release(int handle, int units) {
    IntList free = freeSlots[units];
    if (free == null) {
      free = new IntList();
      freeSlots[units] = free;
    }
    free.add(handle);
  }

  private void write(int handle, int length) {
    int at = (handle - 1) % unitsPerChunk * UNIT;
    byte[] chunk = chunk((handle - 1) / unitsPerChunk, at + length);
    if (chunk != null) {
      System.arraycopy(slot, 0, chunk, at, length);
    } else {
      file.write(fileOffset(handle), slot, length);
    }
  }

  /**
   * A chunk in memory, null for one in the file; the first one grows, since of most databases that
   * are small it is all.
   */
  private byte @Nullable [] chunk(int chunk, int size) {
    while (chunks.size() <= chunk) {
      addChunk();
    }
    byte[] bytes = chunks.get(chunk);
    if (bytes != null && bytes.length < size) {
      bytes = Arrays.copyOf(bytes, Math.min(chunkSize, Math.max(size, bytes.length * 2)));
      chunks.set(chunk, bytes);
    }
    return bytes;
  }

  private void addChunk() {
    int chunk = chunks.size();
    if (isOverdrawn() && spillable() > 0) {
      spill();
    }
    if (chunk < floorChunks) {
      chunks.add(new byte[chunk == 0 ? FIRST : chunkSize]);
    } else if (memory.isGrowing() && memory.grow(chunkSize)) {
      chunks.add(new byte[chunkSize]);
      movable.add(chunk);
    } else {
      chunks.add(null);
    }
  }

  /** Whether a chunk is to leave memory, since others need it. */
  boolean isOverdrawn() {
    return memory.isOverdrawn();
  }

  /** Bytes of chunks that can leave memory; none once the file could not be written. */
  long spillable() {
    return unwritable != null ? 0 : (long) movable.size() * chunkSize;
  }

  /** Nothing is to leave memory any more for others: the file can't be written. */
  void unwritable(UncheckedIOException failure) {
    unwritable = failure;
  }

  /** Why nothing leaves memory for others; null if it does. */
  @Nullable UncheckedIOException unwritable() {
    return unwritable;
  }

  /**
   * Moves the youngest chunk that can be moved into the file. If that can't be written, the chunk
   * stays: that others need memory must not fail whoever has it.
   */
  void spill() {
    int chunk = movable.removeLast();
    byte[] bytes = Objects.requireNonNull(chunks.get(chunk));
    int handle = chunk * unitsPerChunk + 1;
    long used = Math.min(chunkSize, (nextUnit - (handle - 1L)) * UNIT);
    try {
      file.write(fileOffset(handle), bytes, (int) used);
    } catch (UncheckedIOException e) {
      movable.add(chunk);
      unwritable(e);
      return;
    }
    chunks.set(chunk, null);
    memory.shrink(chunkSize);
  }

  private long fileOffset(int handle) {
    return (long) (handle - 1) * UNIT - (long) floorChunks * chunkSize;
  }

  private static int roundUp(int size) {
    return (size + UNIT - 1) / UNIT * UNIT;
  }

  @Override
  public void close() {
    chunks.clear();
    movable.clear();
    memory.close();
    file.close();
  }
}
