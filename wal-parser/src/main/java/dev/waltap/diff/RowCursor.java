package dev.waltap.diff;

import dev.waltap.btree.Payloads;
import dev.waltap.format.BTreePage;
import dev.waltap.format.Cell;
import dev.waltap.format.PageFormat;
import dev.waltap.page.PageSource;

/**
 * A place at one row of one version of a tree, moved along runs of cells or set by hand. The
 * payload is given where it stands; only one that spills into overflow pages is put together first.
 * Reused; for one thread; what it shows is valid until it moves.
 */
public final class RowCursor {
  private static final CellRuns NO_RUNS = new CellRuns();

  private final PageFormat format;
  private final PageSource source;
  private final Payloads payloads;
  private final Cell cell = new Cell();
  private boolean index;
  private CellRuns runs = NO_RUNS;
  private int run;
  private int position;
  private int end;
  private int pageNumber;
  private byte[] page = new byte[0];
  private byte[] scratch = new byte[0];
  private boolean assembled;

  RowCursor(PageFormat format, PageSource source) {
    this.format = format;
    this.source = source;
    this.payloads = new Payloads(format);
  }

  /** Stands at the first cell of the runs. */
  void start(CellRuns cells, boolean indexTree) {
    runs = cells;
    index = indexTree;
    run = -1;
    nextRun();
  }

  /** Forgets the page it stands on: its source is about to change. */
  void reset() {
    runs = NO_RUNS;
    pageNumber = 0;
  }

  /** Stands at one cell. */
  void moveTo(int number, int cellIndex, boolean indexTree) {
    runs = NO_RUNS;
    index = indexTree;
    if (pageNumber != number) {
      pageNumber = number;
      page = source.page(number);
    }
    position = cellIndex;
    end = cellIndex + 1;
    parse();
  }

  boolean atEnd() {
    return run >= runs.size();
  }

  void advance() {
    skipTo(position + 1);
  }

  /** Goes on at this cell of the run, or at the next run if that is its end. */
  void skipTo(int cellIndex) {
    position = cellIndex;
    if (position < end) {
      parse();
    } else {
      nextRun();
    }
  }

  private void nextRun() {
    if (++run >= runs.size()) {
      return;
    }
    pageNumber = runs.page(run);
    page = source.page(pageNumber);
    position = runs.from(run);
    end = runs.to(run);
    parse();
  }

  private void parse() {
    int header = BTreePage.header(pageNumber);
    int at = BTreePage.cell(page, header, position);
    if (index) {
      cell.parseIndex(page, pageNumber, at, BTreePage.isLeaf(page, header), format);
    } else {
      cell.parseTableLeaf(page, pageNumber, at, format);
    }
    assembled = false;
  }

  /** Where the row stands, for going back to it before the transaction is finished. */
  public long place() {
    return (long) pageNumber << 32 | position;
  }

  int runEnd() {
    return end;
  }

  int position() {
    return position;
  }

  int pageNumber() {
    return pageNumber;
  }

  byte[] page() {
    return page;
  }

  Cell cell() {
    return cell;
  }

  /** The rowid; 0 in an index b-tree. */
  public long rowid() {
    return cell.rowid();
  }

  /** The array that holds the payload at {@link #payloadOffset}; read only. */
  public byte[] payload() {
    if (cell.overflowPage() == 0) {
      return page;
    }
    if (!assembled) {
      scratch = payloads.copy(page, cell, source, scratch);
      assembled = true;
    }
    return scratch;
  }

  /** Where the payload begins in {@link #payload}. */
  public int payloadOffset() {
    return cell.overflowPage() == 0 ? cell.payloadOffset() : 0;
  }

  /** The size of the payload in bytes. */
  public int payloadSize() {
    return (int) cell.payloadSize();
  }

  /** A copy of the payload, the caller's to keep. */
  public byte[] copyPayload() {
    return payloads.copy(page, cell, source);
  }

  /** Whether this row and the other one, of another version, have the same bytes. */
  boolean samePayload(RowCursor other, Marks dirtyChains) {
    Cell a = cell;
    Cell b = other.cell;
    if (a.payloadSize() != b.payloadSize()) {
      return false;
    }
    if (a.overflowPage() == b.overflowPage() && !dirtyChains.contains(a.overflowPage())) {
      return java.util.Arrays.equals(
          page,
          a.payloadOffset(),
          a.payloadOffset() + a.localSize(),
          other.page,
          b.payloadOffset(),
          b.payloadOffset() + b.localSize());
    }
    return payloads.same(page, a, source, other.page, b, other.source);
  }
}
