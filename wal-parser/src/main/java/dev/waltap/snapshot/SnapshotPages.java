// SPDX-License-Identifier: Apache-2.0
package dev.waltap.snapshot;

import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.format.BTreePage;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseGoneException;
import dev.waltap.format.PageFormat;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The trees of a snapshot as one walk along them asks for their pages: read from the snapshot,
 * which costs no memory, until {@link #copyRest} has copied what the walk has not come to yet; from
 * then on read from the copies, and the snapshot's read transaction may end.
 *
 * <p>For one thread, and one walk at a time: what a walk has left behind is not copied.
 */
public final class SnapshotPages implements PageSource {
  /** Where pages come from; each stage follows the one above it, or the first one. */
  private enum Stage {
    /** From the snapshot. */
    READING,
    /** From the copies, which are whole. */
    COPIED,
    /** From nowhere: the snapshot could not be read to its end. */
    LOST
  }

  /** More than a tree has levels: a walk reads an interior page again for each of its children. */
  private static final int RECENT = 256;

  private static final int PAGES_BETWEEN_REPORTS = 1024;

  private final Snapshot snapshot;
  private final PageFormat format;
  private final PageSet copies;

  /** The copies' arrays. Those that the walk reads are others: it goes on with them afterwards. */
  private final PageBuffers copyBuffers;

  private final PageBuffers buffers;
  private final byte[][] recent = new byte[RECENT][];
  private final int[] recentNumbers = new int[RECENT];

  /** B-tree pages that the walk came to: each belongs to one place only. */
  private final PageBitSet visited = new PageBitSet();

  /** Leaves whose rows the walk has left behind. */
  private final PageBitSet done = new PageBitSet();

  private boolean walking;
  private boolean entering;
  private int entered;
  private boolean enteredLeaf;
  private long bytesRead;
  private Stage stage = Stage.READING;
  private @Nullable RuntimeException cause;

  /**
   * Pages of a snapshot, none of which is copied.
   *
   * @param copies takes what will be copied; holds no other pages but some of an earlier try
   * @param copyBuffers where its arrays come from
   */
  public SnapshotPages(Snapshot snapshot, PageSet copies, PageBuffers copyBuffers) {
    this.snapshot = snapshot;
    this.copies = copies;
    this.copyBuffers = copyBuffers;
    this.buffers = new PageBuffers(copyBuffers.pageSize());
    this.format = PageFormat.of(snapshot.page(1));
  }

  /**
   * The walk begins: it visits each tree once. What was read before it, the schema, may be read
   * again.
   */
  public void beginWalk() {
    walking = true;
  }

  /** How its pages are read, as page 1 says. */
  public PageFormat format() {
    return format;
  }

  /** The database's size in pages, an unsigned number. */
  public int size() {
    return snapshot.size();
  }

  /** Bytes that were read from the snapshot so far. */
  public long bytesRead() {
    return bytesRead;
  }

  /** Whether pages come from the snapshot, whose read transaction must be held. */
  public boolean isReading() {
    return stage == Stage.READING;
  }

  /**
   * The image of a page.
   *
   * @throws SnapshotLimitException if its read transaction had to be released too early
   * @throws DatabaseGoneException if it could not be copied
   */
  @Override
  public byte[] page(int pageNumber) {
    byte[] image =
        switch (stage) {
          case READING -> recent(pageNumber);
          case COPIED -> copy(pageNumber);
          case LOST -> throw Objects.requireNonNull(cause);
        };
    if (entering) {
      entering = false;
      if (!visited.add(pageNumber)) {
        throw sharedPage(pageNumber);
      }
      entered = pageNumber;
      enteredLeaf = BTreePage.isLeaf(image, BTreePage.header(pageNumber));
    }
    return image;
  }

  private byte[] copy(int pageNumber) {
    if (done.contains(pageNumber)) {
      throw sharedPage(pageNumber);
    }
    return copies.page(pageNumber);
  }

  private static CorruptDatabaseException sharedPage(int pageNumber) {
    return CorruptDatabaseException.page(pageNumber, "two b-trees lead to it");
  }

  private byte[] recent(int pageNumber) {
    int at = pageNumber & (RECENT - 1);
    if (recentNumbers[at] == pageNumber) {
      return recent[at];
    }
    byte[] image = buffers.take();
    snapshot.copy(pageNumber, image);
    bytesRead += image.length;
    if (recentNumbers[at] != 0) {
      buffers.releaseAtEnd(recent[at]);
    }
    recentNumbers[at] = pageNumber;
    recent[at] = image;
    return image;
  }

  @Override
  public void leave() {
    if (enteredLeaf) {
      done.add(entered);
      enteredLeaf = false;
    }
    entering = walking;
    (stage == Stage.READING ? buffers : copyBuffers).endTransaction();
  }

  /**
   * Copies all pages of some trees that the walk has not left behind, after which the read
   * transaction is not needed any more, whether that went well or not. The walk may be under way:
   * the images that it was given stay as they are, and {@link #page} says if it can't go on.
   *
   * @param trees those that the walk has not finished
   * @param limited the same snapshot, as long as it can be read
   * @throws CorruptDatabaseException naming tree and page
   */
  public void copyRest(List<Tree> trees, Snapshot limited, SnapshotProgress progress) {
    Copying copying = new Copying(limited, progress);
    try {
      TreeScanner scanner =
          new TreeScanner(copying, format, size(), TreeScanner.Visitor.NONE, done);
      trees.forEach(scanner::scan);
      stage = Stage.COPIED;
    } catch (SnapshotLimitException | DatabaseGoneException e) {
      stage = Stage.LOST;
      cause = e;
    } finally {
      copyBuffers.endTransaction();
    }
  }

  private final class Copying implements PageSource {
    private final Snapshot limited;
    private final SnapshotProgress progress;
    private final PageBitSet read = new PageBitSet();
    private long count;

    Copying(Snapshot limited, SnapshotProgress progress) {
      this.limited = limited;
      this.progress = progress;
    }

    @Override
    public byte[] page(int pageNumber) {
      if (!read.add(pageNumber)) {
        return copies.page(pageNumber);
      }
      byte[] image = copyBuffers.take();
      limited.copy(pageNumber, image);
      copies.put(pageNumber, image);
      if (++count % PAGES_BETWEEN_REPORTS == 0) {
        progress.pages(count, size());
      }
      return image;
    }

    @Override
    public void leave() {
      copyBuffers.endTransaction();
    }
  }
}
