// SPDX-License-Identifier: Apache-2.0
package dev.waltap.snapshot;

import dev.waltap.btree.PageOwners;
import dev.waltap.btree.Tree;
import dev.waltap.btree.TreeScanner;
import dev.waltap.format.BTreePage;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.PageBuffers;
import dev.waltap.page.PageSet;
import dev.waltap.page.PageSource;

/**
 * Fills a page set with all captured trees of a snapshot, and says who owns each page. Pages that
 * the set holds already, from a snapshot that could not be read to its end, are compared, and
 * replaced where they differ. For one thread.
 */
public final class SnapshotScan implements PageSource {
  private static final int PAGES_BETWEEN_REPORTS = 1024;

  private final Snapshot snapshot;
  private final PageBuffers buffers;
  private final PageSet pageSet;
  private final PageOwners owners;
  private final TreeScanner scanner;
  private final SnapshotProgress progress;
  private final PageBitSet read = new PageBitSet();
  private long scanned;
  private long rows;

  /** A scan that has read nothing yet; it fills what it is given. */
  public SnapshotScan(
      Snapshot snapshot,
      PageBuffers buffers,
      PageSet pageSet,
      PageOwners owners,
      SnapshotProgress progress) {
    this.snapshot = snapshot;
    this.buffers = buffers;
    this.pageSet = pageSet;
    this.owners = owners;
    this.progress = progress;
    this.scanner = new TreeScanner(this, PageFormat.of(page(1)), snapshot.size(), this::visit);
  }

  /** Scans a tree; returns how many rows it has. */
  public long scan(Tree of) {
    rows = 0;
    scanner.scan(of);
    return rows;
  }

  @Override
  public byte[] page(int pageNumber) {
    if (read.contains(pageNumber)) {
      return pageSet.page(pageNumber);
    }
    byte[] image = buffers.take();
    snapshot.copy(pageNumber, image);
    read.add(pageNumber);
    if (pageSet.contains(pageNumber) && pageSet.isSame(pageNumber, image)) {
      buffers.releaseAtEnd(image);
    } else {
      pageSet.put(pageNumber, image);
    }
    return image;
  }

  /** What the page set has put aside serves for the pages that follow. */
  @Override
  public void leave() {
    buffers.endTransaction();
  }

  private void visit(Tree of, int pageNumber, byte kind, int parent, byte[] image) {
    owners.adopt(of, pageNumber, kind, parent);
    if (kind == PageOwners.LEAF || (of.kind() == TreeKind.INDEX && kind == PageOwners.INTERIOR)) {
      rows += BTreePage.cellCount(image, BTreePage.header(pageNumber));
    }
    if (++scanned % PAGES_BETWEEN_REPORTS == 0) {
      progress.pages(scanned, snapshot.size());
    }
  }
}
