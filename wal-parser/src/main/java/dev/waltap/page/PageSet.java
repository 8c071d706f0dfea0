package dev.waltap.page;

import java.util.Arrays;
import net.jpountz.xxhash.XXHash64;
import net.jpountz.xxhash.XXHashFactory;

/**
 * The pages of the captured tables as of the last consumed commit: the source of every before
 * image.
 *
 * <p>Pages in use are held as they are, up to half of the memory budget (the hot tier); the others
 * compressed, in memory up to the other half and in a temporary file past it ({@link PageStore}). A
 * page compressed once keeps its compressed copy until it changes, so that it can leave the hot
 * tier for nothing. Who leaves is told by a clock hand that spares what was used since it last came
 * by.
 *
 * <p>For one thread. Arrays handed out are the set's own, see {@link PageSource}.
 */
public final class PageSet implements PageSource, AutoCloseable {
  private static final XXHash64 HASH = XXHashFactory.fastestInstance().hash64();
  private static final int SEED = 0;
  private static final int FEWEST_HOT = 64;

  private final PageBuffers buffers;
  private final PageStore store;
  private final int mostHot;
  private byte[][] hot = new byte[1024][];
  private boolean[] used = new boolean[1024];
  private int[] cold = new int[1024];
  private long[] hashes = new long[1024];
  private int[] clock = new int[256];
  private int clockSize;
  private int clockHand;
  private int pages;
  private long lookUps;
  private long hits;

  /**
   * An empty page set.
   *
   * @param buffers where arrays come from and go to
   * @param memory bytes of memory to use; a floor of a few pages and one chunk applies
   */
  public PageSet(PageBuffers buffers, long memory) {
    this.buffers = buffers;
    this.mostHot = (int) Math.max(FEWEST_HOT, Math.min(1 << 24, memory / 2 / buffers.pageSize()));
    this.store = new PageStore(buffers.pageSize(), memory / 2);
  }

  /** Whether the page is held. */
  public boolean contains(int pageNumber) {
    return pageNumber < hot.length && (hot[pageNumber] != null || cold[pageNumber] != 0);
  }

  @Override
  public byte[] page(int pageNumber) {
    if (pageNumber <= 0 || pageNumber >= hot.length) {
      throw new UnknownPageException(pageNumber);
    }
    lookUps++;
    byte[] page = hot[pageNumber];
    if (page != null) {
      hits++;
      used[pageNumber] = true;
      return page;
    }
    int handle = cold[pageNumber];
    if (handle == 0) {
      throw new UnknownPageException(pageNumber);
    }
    page = buffers.take();
    store.load(handle, page);
    makeHot(pageNumber, page);
    return page;
  }

  /** Copies the page out, without making it hot: for scans. */
  public void copy(int pageNumber, byte[] to) {
    if (!contains(pageNumber)) {
      throw new UnknownPageException(pageNumber);
    }
    if (hot[pageNumber] != null) {
      System.arraycopy(hot[pageNumber], 0, to, 0, to.length);
    } else {
      store.load(cold[pageNumber], to);
    }
  }

  /**
   * Whether a page that is held has this image; by the hash alone where it is held compressed, so
   * that comparing a whole database takes no decompression.
   */
  public boolean isSame(int pageNumber, byte[] image) {
    byte[] page = hot[pageNumber];
    return page != null ? Arrays.equals(page, image) : hashes[pageNumber] == hash(image);
  }

  /**
   * Puts a page in place of what was held under its number; the array is the set's from here on.
   */
  public void put(int pageNumber, byte[] page) {
    grow(pageNumber);
    byte[] old = hot[pageNumber];
    boolean held = old != null || cold[pageNumber] != 0;
    forgetCold(pageNumber);
    if (old != null) {
      buffers.releaseAtEnd(old);
      hot[pageNumber] = page;
      used[pageNumber] = true;
    } else {
      makeHot(pageNumber, page);
    }
    if (!held) {
      pages++;
    }
  }

  /** Forgets a page; does nothing if it is not held. */
  public void remove(int pageNumber) {
    if (!contains(pageNumber)) {
      return;
    }
    pages--;
    forgetCold(pageNumber);
    byte[] old = hot[pageNumber];
    if (old != null) {
      // Its place on the clock stays, and is given away when the hand comes by.
      hot[pageNumber] = null;
      buffers.releaseAtEnd(old);
    }
  }

  private static long hash(byte[] page) {
    return HASH.hash(page, 0, page.length, SEED);
  }

  /** The number of pages held. */
  public int size() {
    return pages;
  }

  /** One more than the largest page number that may be held. */
  public int limit() {
    return hot.length;
  }

  /** Bytes that the pages take as held, in memory and file. */
  public long bytes() {
    return store.bytes() + (long) clockSize * buffers.pageSize();
  }

  /** The share of look-ups that found the page uncompressed, 0 to 1. */
  public double hitRate() {
    return lookUps == 0 ? 1 : (double) hits / lookUps;
  }

  @Override
  public void close() {
    store.close();
  }

  private void forgetCold(int pageNumber) {
    if (cold[pageNumber] != 0) {
      store.free(cold[pageNumber]);
      cold[pageNumber] = 0;
    }
  }

  private void makeHot(int pageNumber, byte[] page) {
    if (clockSize < mostHot) {
      if (clockSize == clock.length) {
        clock = Arrays.copyOf(clock, Math.min(mostHot, clock.length * 2));
      }
      clock[clockSize++] = pageNumber;
    } else {
      clock[evict()] = pageNumber;
    }
    hot[pageNumber] = page;
    used[pageNumber] = true;
  }

  /** Frees a place on the clock and returns it. */
  private int evict() {
    while (true) {
      int place = clockHand;
      clockHand = clockHand + 1 == clockSize ? 0 : clockHand + 1;
      int pageNumber = clock[place];
      byte[] page = hot[pageNumber];
      if (page == null) {
        return place;
      }
      if (used[pageNumber]) {
        used[pageNumber] = false;
        continue;
      }
      if (cold[pageNumber] == 0) {
        cold[pageNumber] = store.store(page);
        hashes[pageNumber] = hash(page);
      }
      hot[pageNumber] = null;
      buffers.releaseAtEnd(page);
      return place;
    }
  }

  private void grow(int pageNumber) {
    if (pageNumber >= hot.length) {
      int length = Math.max(pageNumber + 1, hot.length + (hot.length >> 1));
      hot = Arrays.copyOf(hot, length);
      used = Arrays.copyOf(used, length);
      cold = Arrays.copyOf(cold, length);
      hashes = Arrays.copyOf(hashes, length);
    }
  }
}
