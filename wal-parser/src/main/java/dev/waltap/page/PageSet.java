// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.Arrays;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;
import org.jspecify.annotations.Nullable;

/**
 * The pages of the captured tables as of the last consumed commit: the source of every before
 * image.
 *
 * <p>Pages in use are held as they are, up to half of the memory (the hot tier); the others
 * compressed, in memory up to the other half and in a temporary file past it ({@link PageStore}). A
 * page compressed once keeps its compressed copy until it changes, so that it can leave the hot
 * tier for nothing. Which page leaves is decided by a clock hand that spares what was used since it
 * last came by.
 *
 * <p>Of pages that somebody else keeps, a {@link PageLoader}, only the hashes are held until they
 * are asked for, and again when they leave the hot tier.
 *
 * <p>Where its memory is in part a budget's, it gives back a piece of that with each page that
 * becomes hot, and when {@link #giveWay} is called, for as long as others need it: pages leave the
 * hot tier, or a chunk goes to the file.
 *
 * <p>For one thread. Arrays handed out are the set's own, see {@link PageSource}.
 */
public final class PageSet implements PageSource, AutoCloseable {
  private static final XXHash64 HASH = XXHashFactory.fastestInstance().hash64();

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final int MIN_HOT = 16;

  /** In place of a handle, which is positive: the loader has the page. */
  private static final int NOT_LOADED = -1;

  private final PageBuffers buffers;
  private final PageStore store;
  private final MemoryLimit hotMemory;
  private int maxHot;
  private final PageSlots slots = new PageSlots();

  // By slot.
  private byte[] @Nullable [] hot = new byte[MIN_HOT][];
  private boolean[] used = new boolean[MIN_HOT];
  private int[] cold = new int[MIN_HOT];
  private long[] hashes = new long[MIN_HOT];

  /** The slots of hot pages. */
  private int[] clock = new int[MIN_HOT];

  private int clockSize;
  private int clockHand;

  /** Drawn: whoever writes rows must not be able to construct pages of the same hash. */
  private long seed = RANDOM.nextLong();

  private PageLoader loader =
      (pageNumber, hash, to) -> {
        throw new UnknownPageException(pageNumber);
      };

  private long lookUps;
  private long hits;

  /**
   * An empty page set.
   *
   * @param buffers where arrays come from and go to
   * @param memory bytes of memory to use; a floor of a few pages and one chunk applies
   */
  public PageSet(PageBuffers buffers, long memory) {
    this(buffers, MemoryLimit.of(memory));
  }

  /**
   * The same.
   *
   * @param memory how much of it to use, of which this takes parts of its own
   */
  public PageSet(PageBuffers buffers, MemoryLimit memory) {
    this.buffers = buffers;
    this.hotMemory = memory.part(1, 2);
    this.maxHot =
        (int) Math.max(MIN_HOT, Math.min(1 << 24, hotMemory.floor() / buffers.pageSize()));
    this.store = new PageStore(buffers.pageSize(), memory.part(1, 2));
  }

  /**
   * The seed under which its pages are hashed; a secret, since whoever knows it and writes rows can
   * make a changed page look like the same one.
   */
  public long seed() {
    return seed;
  }

  /**
   * Hashes under another seed from here on.
   *
   * @throws IllegalStateException if pages are held
   */
  public void seed(long secret) {
    if (size() > 0) {
      throw new IllegalStateException("pages are hashed already");
    }
    seed = secret;
  }

  /** Whether the page is held. */
  public boolean contains(int pageNumber) {
    return heldSlot(pageNumber) >= 0;
  }

  /** The slot of a page that is held, else -1. */
  private int heldSlot(int pageNumber) {
    int slot = slots.find(pageNumber);
    return slot >= 0 && isHeld(slot) ? slot : -1;
  }

  private boolean isHeld(int slot) {
    return hot[slot] != null || cold[slot] != 0;
  }

  @Override
  public byte[] page(int pageNumber) {
    int slot = slots.find(pageNumber);
    if (slot < 0) {
      throw new UnknownPageException(pageNumber);
    }
    lookUps++;
    byte[] page = hot[slot];
    if (page != null) {
      hits++;
      used[slot] = true;
      return page;
    }
    int handle = cold[slot];
    if (handle == 0) {
      throw new UnknownPageException(pageNumber);
    }
    page = buffers.take();
    load(slot, page);
    makeHot(slot, page);
    return page;
  }

  /** Copies the page out, without making it hot: for scans. */
  public void copy(int pageNumber, byte[] to) {
    int slot = heldSlot(pageNumber);
    if (slot < 0) {
      throw new UnknownPageException(pageNumber);
    }
    byte[] page = hot[slot];
    if (page != null) {
      System.arraycopy(page, 0, to, 0, to.length);
    } else {
      load(slot, to);
    }
  }

  private void load(int slot, byte[] to) {
    if (cold[slot] == NOT_LOADED) {
      loader.load(slots.page(slot), hashes[slot], to);
    } else {
      store.load(cold[slot], to);
    }
  }

  /**
   * Leads to a page that is held as it is kept, without decompressing it, with its hash; until the
   * next call of any method here.
   */
  public void packed(int pageNumber, PackedPage to) {
    int slot = heldSlot(pageNumber);
    if (slot < 0) {
      throw new UnknownPageException(pageNumber);
    }
    if (cold[slot] > 0) {
      store.packed(cold[slot], to);
    } else {
      store.pack(page(pageNumber), to);
    }
    to.hash(hashAt(slot));
  }

  /** The hash of a page that is held, under {@link #seed}. */
  public long hash(int pageNumber) {
    int slot = heldSlot(pageNumber);
    if (slot < 0) {
      throw new UnknownPageException(pageNumber);
    }
    return hashAt(slot);
  }

  private long hashAt(int slot) {
    return cold[slot] != 0 ? hashes[slot] : hash(hot[slot]);
  }

  /**
   * Whether the page is held and has this image; by the hash alone where it is held compressed, so
   * that comparing a whole database takes no decompression.
   */
  public boolean isSame(int pageNumber, byte[] image) {
    return isSame(pageNumber, image, 0);
  }

  /** The same of an image that stands among others. */
  public boolean isSame(int pageNumber, byte[] images, int offset) {
    int slot = heldSlot(pageNumber);
    if (slot < 0) {
      return false;
    }
    byte[] page = hot[slot];
    int size = buffers.pageSize();
    return page != null
        ? Arrays.equals(page, 0, size, images, offset, offset + size)
        : hashes[slot] == HASH.hash(images, offset, size, seed);
  }

  /**
   * Puts a page in place of what was held under its number; the array is the set's from here on.
   */
  public void put(int pageNumber, byte[] page) {
    assert pageNumber != 0 && page.length == buffers.pageSize() : "page " + pageNumber;
    int slot = slotFor(pageNumber);
    byte[] old = hot[slot];
    forgetCold(slot);
    if (old != null) {
      buffers.releaseAtEnd(old);
      hot[slot] = page;
      used[slot] = true;
    } else {
      makeHot(slot, page);
    }
  }

  /**
   * Puts a page, packed as by {@link #packed} and hashed under {@link #seed}, in place of what was
   * held under its number. Its bytes are copied; it is decompressed when it is asked for.
   */
  public void put(int pageNumber, PackedPage page) {
    assert pageNumber != 0 && page.size() <= buffers.pageSize() : "page " + pageNumber;
    int slot = slotFor(pageNumber);
    forgetCold(slot);
    byte[] old = hot[slot];
    if (old != null) {
      hot[slot] = null;
      buffers.releaseAtEnd(old);
    }
    cold[slot] = store.store(page);
    hashes[slot] = page.hash();
  }

  /** From here on pages that are not loaded come from there. */
  public void loader(PageLoader from) {
    loader = from;
  }

  /**
   * Holds a page that the {@link #loader} has, in place of what was held under its number.
   *
   * @param hash of its image, under {@link #seed}
   */
  public void hold(int pageNumber, long hash) {
    assert pageNumber != 0 : "a page without number";
    int slot = slotFor(pageNumber);
    forgetCold(slot);
    byte[] old = hot[slot];
    if (old != null) {
      hot[slot] = null;
      buffers.releaseAtEnd(old);
    }
    cold[slot] = NOT_LOADED;
    hashes[slot] = hash;
  }

  private int slotFor(int pageNumber) {
    int slot = heldSlot(pageNumber);
    if (slot < 0) {
      slot = slots.add(pageNumber);
      if (slots.end() > hot.length) {
        grow(PageSlots.grown(slots.end()));
      }
    }
    return slot;
  }

  /** Forgets a page; does nothing if it is not held. */
  public void remove(int pageNumber) {
    int slot = heldSlot(pageNumber);
    if (slot < 0) {
      return;
    }
    forgetCold(slot);
    byte[] old = hot[slot];
    if (old != null) {
      // Its place on the clock stays, and is given away when the hand comes by.
      hot[slot] = null;
      buffers.releaseAtEnd(old);
    }
    slots.remove(slot);
  }

  private long hash(byte[] page) {
    return HASH.hash(page, 0, page.length, seed);
  }

  /** The number of pages held. */
  public int size() {
    return slots.size();
  }

  /** The numbers of the pages held, ascending as the unsigned numbers that they are. */
  public int[] pageNumbers() {
    int[] numbers = new int[slots.size()];
    int count = 0;
    for (int slot = 0; slot < end(); slot++) {
      if (isHeld(slot)) {
        numbers[count++] = slots.page(slot) ^ Integer.MIN_VALUE;
      }
    }
    Arrays.sort(numbers);
    for (int i = 0; i < count; i++) {
      numbers[i] ^= Integer.MIN_VALUE;
    }
    return numbers;
  }

  /** One more than the largest index that {@link #pageAt} takes. */
  public int end() {
    return slots.end();
  }

  /** The number of a page held, in no particular order; 0 where an index stands for none. */
  public int pageAt(int index) {
    return isHeld(index) ? slots.page(index) : 0;
  }

  /** Bytes that the pages take as held, in memory and file. */
  public long bytes() {
    return store.bytes() + (long) clockSize * buffers.pageSize();
  }

  /** The share of look-ups that found the page uncompressed, 0 to 1. */
  public double hitRate() {
    return lookUps == 0 ? 1 : (double) hits / lookUps;
  }

  /** Gives back a piece of memory if others need it. To be called now and then. */
  public void giveWay() {
    if (hotMemory.isOverdrawn() || store.isOverdrawn() || buffers.isOverdrawn()) {
      giveBack();
    }
  }

  /**
   * Why it keeps memory that others need: the temporary file could not be written. Null if it does
   * not.
   */
  public @Nullable UncheckedIOException keepsMemory() {
    return store.unwritable();
  }

  /**
   * Gives back all memory that is not its own, unless it {@link #keepsMemory}; between two
   * transactions.
   */
  public void shrink() {
    while (hotMemory.reserved() > 0 && store.unwritable() == null) {
      cool();
    }
    while (store.spillable() > 0) {
      store.spill();
    }
  }

  @Override
  public void close() {
    hotMemory.close();
    store.close();
  }

  private void forgetCold(int slot) {
    if (cold[slot] > 0) {
      store.free(cold[slot]);
    }
    cold[slot] = 0;
  }

  private void makeHot(int slot, byte[] page) {
    giveWay();
    if (clockSize < maxHot || growHot()) {
      if (clockSize == clock.length) {
        clock = Arrays.copyOf(clock, Math.min(maxHot, clock.length * 2));
      }
      clock[clockSize++] = slot;
    } else {
      clock[evict()] = slot;
    }
    hot[slot] = page;
    used[slot] = true;
  }

  private boolean growHot() {
    int more = hotPiece();
    if (!hotMemory.isGrowing() || !hotMemory.grow((long) more * buffers.pageSize())) {
      return false;
    }
    maxHot += more;
    return true;
  }

  /** Pages that the hot tier grows and shrinks by. */
  private int hotPiece() {
    return Math.max(1, MemoryLimit.PIECE / buffers.pageSize());
  }

  /** A piece at a time, so that no page waits long for it. */
  private void giveBack() {
    if (buffers.isOverdrawn()) {
      buffers.shrink();
    } else if (store.unwritable() == null
        && hotMemory.reserved() > 0
        && hotMemory.reserved() >= store.spillable()) {
      cool();
    } else if (store.spillable() > 0) {
      store.spill();
    }
  }

  /** Makes the hot tier a piece smaller, unless its pages would go to a file that fails. */
  private void cool() {
    int less = hotPiece();
    try {
      while (clockSize > maxHot - less) {
        int place = evict();
        clock[place] = clock[--clockSize];
        if (clockHand >= clockSize) {
          clockHand = 0;
        }
      }
    } catch (UncheckedIOException e) {
      store.unwritable(e);
      return;
    }
    maxHot -= less;
    hotMemory.shrink((long) less * buffers.pageSize());
  }

  /** Frees a place on the clock and returns it. */
  private int evict() {
    while (true) {
      int place = clockHand;
      clockHand = clockHand + 1 == clockSize ? 0 : clockHand + 1;
      int slot = clock[place];
      byte[] page = hot[slot];
      if (page == null) {
        return place;
      }
      if (used[slot]) {
        used[slot] = false;
        continue;
      }
      if (cold[slot] == 0) {
        cold[slot] = store.store(page);
        hashes[slot] = hash(page);
      }
      hot[slot] = null;
      buffers.releaseAtEnd(page);
      return place;
    }
  }

  private void grow(int length) {
    hot = Arrays.copyOf(hot, length);
    used = Arrays.copyOf(used, length);
    cold = Arrays.copyOf(cold, length);
    hashes = Arrays.copyOf(hashes, length);
  }
}
