// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import dev.waltap.btree.Payloads;
import dev.waltap.format.BTreePage;
import dev.waltap.format.Bytes;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageBitSet;
import dev.waltap.page.PageSource;
import dev.waltap.record.KeyExtent;
import dev.waltap.record.KeyOrder;
import dev.waltap.record.RecordDifference;
import dev.waltap.record.RecordReader;
import dev.waltap.record.TableLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A place at one row of one version of a tree, moved along runs of cells or set by hand. The
 * payload is given where it is; only one that spills into overflow pages is put together first, and
 * of that no more than is asked for. Reused; for one thread; what it shows is valid until it moves.
 */
public final class RowCursor {
  private static final CellRuns NO_RUNS = new CellRuns();
  private static final byte[] NOTHING = {};
  private static final KeyExtent HEADER = new Header();

  /** An array larger than this is given up with its row, not kept for the next one. */
  private static final int MAX_KEPT = 1 << 20;

  private final PageFormat format;
  private final PageSource source;
  private final Payloads payloads;

  /** The cell at the position, if it is parsed; {@link #cell()} parses it. */
  private final Cell parsedCell = new Cell();

  private boolean parsed;
  private final RecordReader record = new RecordReader();
  private TreeKind kind = TreeKind.TABLE;
  private CellRuns runs = NO_RUNS;
  private int run;
  private int position;
  private int end;
  private int pageNumber;
  private byte[] page = NOTHING;

  /** Where the page's array of cell offsets begins. */
  private int cellArray;

  private boolean leaf;
  private byte[] scratch = NOTHING;

  /** How many leading bytes of the payload the scratch array holds. */
  private int assembled;

  private byte[] keyArray = NOTHING;
  private int keyOffset;

  /** The delta whose chains are listed when the first row comes by that has one; else null. */
  private @Nullable TreeDelta watched;

  private @Nullable ChainChanges chains;
  private byte[] keptScratch = NOTHING;
  private byte[] keptArray = NOTHING;
  private int keptOffset;
  private int keptSize;
  private long keptRowid;

  RowCursor(PageFormat format, PageSource source) {
    this.format = format;
    this.source = source;
    this.payloads = new Payloads(format, source);
  }

  /** The rows that follow are those of a delta, whose chains must be listed before one is read. */
  void watch(TreeDelta delta, ChainChanges lister) {
    watched = delta.isWhole() || delta.chainsKnown() ? null : delta;
    chains = lister;
  }

  /** Moves to the first cell of the runs. */
  void start(CellRuns cells, TreeKind treeKind) {
    runs = cells;
    kind = treeKind;
    run = -1;
    nextRun();
  }

  /** Forgets the page it is on: its source is about to change. */
  void reset() {
    runs = NO_RUNS;
    pageNumber = 0;
    page = NOTHING;
    watched = null;
    keptArray = NOTHING;
    leaveRow();
    if (keptScratch.length > MAX_KEPT) {
      keptScratch = NOTHING;
    }
  }

  /** Forgets the page it is on, whose array may become another page's; goes on by hand. */
  void leavePage() {
    pageNumber = 0;
    page = NOTHING;
    leaveRow();
  }

  /** Moves to one cell. */
  void moveTo(int number, int cellIndex, TreeKind treeKind) {
    runs = NO_RUNS;
    kind = treeKind;
    if (pageNumber != number) {
      enter(number);
    }
    position = cellIndex;
    end = cellIndex + 1;
    assert end <= BTreePage.cellCount(page, BTreePage.header(number)) : "no cell " + cellIndex;
    moved();
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
      moved();
    } else {
      nextRun();
    }
  }

  /**
   * Goes on behind the cells that are the same bytes here and there, both of table b-trees, up to
   * the end of a run at most. Those of each side must ascend, the first of them from the rowid that
   * was kept; the last is kept. Cells with overflow pages are left to be looked at.
   *
   * @param moved whether a rowid of this side is kept
   * @param otherMoved whether one of the other side is
   * @return whether there was one
   * @throws CorruptDatabaseException if they do not ascend
   */
  boolean skipSame(boolean moved, RowCursor other, boolean otherMoved) {
    int at = position;
    int otherAt = other.position;
    boolean first = !moved && !otherMoved;
    long last =
        !moved ? other.keptRowid : !otherMoved ? keptRowid : Math.max(keptRowid, other.keptRowid);
    Cell cell = cell();
    while (cell.overflowPage() == 0
        && hasCell(cell, other.page, Bytes.u16(other.page, other.cellArray + 2 * otherAt))) {
      long rowid = cell.rowid();
      if (!first && rowid <= last) {
        position = at;
        throw outOfOrder();
      }
      first = false;
      last = rowid;
      at++;
      otherAt++;
      if (at == end || otherAt == other.end) {
        break;
      }
      cell.parse(page, pageNumber, Bytes.u16(page, cellArray + 2 * at), kind, leaf, format);
    }
    if (at == position) {
      return false;
    }
    keptRowid = last;
    other.keptRowid = last;
    skipTo(at);
    other.skipTo(otherAt);
    return true;
  }

  /** Whether the bytes of this cell are there on another page. */
  private boolean hasCell(Cell cell, byte[] image, int offset) {
    int from = cell.offset();
    int to = cell.end();
    return offset + (to - from) <= format.usableSize()
        && Arrays.equals(page, from, to, image, offset, offset + (to - from));
  }

  /** What is wrong with a row of a table b-tree that comes after a greater one. */
  CorruptDatabaseException outOfOrder() {
    return CorruptDatabaseException.page(
        pageNumber, "rowid " + rowid() + " of cell " + position + " is out of order");
  }

  private void nextRun() {
    if (++run >= runs.size()) {
      leaveRow();
      return;
    }
    enter(runs.page(run));
    position = runs.from(run);
    end = runs.to(run);
    assert position >= 0 && position < end : "an empty run on page " + pageNumber;
    moved();
  }

  private void enter(int number) {
    pageNumber = number;
    page = source.page(number);
    int header = BTreePage.header(number);
    cellArray = BTreePage.cellArray(page, header);
    leaf = BTreePage.isLeaf(page, header);
  }

  private void moved() {
    parsed = false;
    leaveRow();
  }

  /** The cell that it is at: parsed when it is looked at, since many are skipped unseen. */
  private Cell cell() {
    if (!parsed) {
      parse();
    }
    return parsedCell;
  }

  private void parse() {
    assert position < end : "no row at cell " + position + " of page " + pageNumber;
    int offset = Bytes.u16(page, cellArray + 2 * position);
    parsedCell.parse(page, pageNumber, offset, kind, leaf, format);
    parsed = true;
    if (watched != null && parsedCell.overflowPage() != 0) {
      listChains(watched);
    }
  }

  private void listChains(TreeDelta delta) {
    watched = null;
    if (chains != null) {
      chains.list(delta, () -> {});
    }
  }

  private void leaveRow() {
    if (assembled == 0 && keyArray == NOTHING) {
      return; // Nothing of the row was read.
    }
    assembled = 0;
    keyArray = NOTHING;
    if (keptArray == scratch && keptArray != NOTHING) {
      scratch = keptScratch; // The next payload put together must not overwrite what is kept.
      keptScratch = keptArray;
    }
    if (scratch.length > MAX_KEPT) {
      scratch = NOTHING;
    }
  }

  /** Where the row is, for going back to it before the transaction is finished. */
  public long address() {
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

  /** The rowid; 0 in an index b-tree. */
  public long rowid() {
    return cell().rowid();
  }

  /** The array that holds the payload at {@link #payloadOffset}; read only. */
  public byte[] payload() {
    if (cell().overflowPage() == 0) {
      return page;
    }
    assemble(Payloads.arraySize(pageNumber, cell()));
    return scratch;
  }

  private void assemble(int size) {
    if (size <= assembled) {
      return;
    }
    if (size > scratch.length) {
      scratch = new byte[size > MAX_KEPT ? size : Math.max(size, scratch.length * 2)];
    }
    payloads.copy(pageNumber, page, cell(), scratch, size);
    assembled = size;
  }

  /** Where the payload begins in {@link #payload}. */
  public int payloadOffset() {
    Cell cell = cell();
    return cell.overflowPage() == 0 ? cell.payloadOffset() : 0;
  }

  /** The size of the payload in bytes. */
  public int payloadSize() {
    return (int) cell().payloadSize();
  }

  /** An array of the payload and nothing else, the caller's to keep. */
  public byte[] copyPayload() {
    Cell cell = cell();
    int size = Payloads.arraySize(pageNumber, cell);
    if (assembled == size && scratch.length == size) {
      byte[] payload = scratch; // A row of many megabytes is not copied twice.
      scratch = NOTHING;
      leaveRow();
      return payload;
    }
    if (cell.overflowPage() == 0) {
      int from = cell.payloadOffset();
      return Arrays.copyOfRange(page, from, from + size);
    }
    byte[] payload = new byte[size];
    payloads.copy(pageNumber, page, cell, payload, size);
    return payload;
  }

  /**
   * Checks that the values of the row's leading fields can be read. Looks at the header alone.
   *
   * @throws CorruptDatabaseException naming page and offset
   */
  public void checkRecord(int fields) {
    Cell cell = cell();
    if (cell.overflowPage() == 0
        && RecordReader.isSurelySound(page, cell.payloadOffset(), payloadSize(), fields)) {
      return;
    }
    loadKey(HEADER);
    try {
      record.wrap(keyArray, keyOffset, payloadSize(), fields);
    } catch (CorruptDatabaseException e) {
      throw CorruptDatabaseException.page(
          pageNumber, "cell at offset " + cell.offset() + ": " + e.getMessage());
    }
  }

  /** Makes as much of the payload as its key takes readable at {@link #keyArray}. */
  void loadKey(KeyExtent keys) {
    Cell cell = cell();
    keyArray = page;
    keyOffset = cell.payloadOffset();
    if (cell.overflowPage() == 0) {
      return;
    }
    int size = payloadSize();
    int available = cell.localSize();
    // Offsets into a payload must not overflow where it is read as if all of it stood on the page.
    boolean addressable = size <= Integer.MAX_VALUE - keyOffset;
    int needed = addressable ? keys.extent(page, keyOffset, available, size) : size;
    while (needed > available && available < size) {
      available = Math.min(needed, size);
      assemble(available);
      keyArray = scratch;
      keyOffset = 0;
      needed = keys.extent(scratch, 0, available, size);
    }
  }

  /** Keeps the key that was loaded last, or the rowid, beyond this row. */
  void keepKey() {
    keptArray = keyArray;
    keptOffset = keyOffset;
    keptSize = payloadSize();
    keptRowid = rowid();
  }

  /** Whether the key loaded now, or the rowid, comes after the one that was kept. */
  boolean isBehindKept(@Nullable KeyOrder order) {
    return order == null
        ? keptRowid < rowid()
        : order.compare(keptArray, keptOffset, keptSize, keyArray, keyOffset, payloadSize()) < 0;
  }

  /** The array that holds the key, at least, of the payload at {@link #keyOffset}; read only. */
  byte[] keyArray() {
    return keyArray;
  }

  /** Where the payload begins in {@link #keyArray}. */
  int keyOffset() {
    return keyOffset;
  }

  /** Whether this row and the other one, of another version, have the same bytes. */
  boolean samePayload(RowCursor other, PageBitSet dirtyChains) {
    Cell a = cell();
    Cell b = other.cell();
    if (a.payloadSize() != b.payloadSize()) {
      return false;
    }
    int chain = a.overflowPage();
    if (chain == b.overflowPage() && (chain == 0 || !dirtyChains.contains(chain))) {
      return Arrays.equals(
          page,
          a.payloadOffset(),
          a.payloadOffset() + a.localSize(),
          other.page,
          b.payloadOffset(),
          b.payloadOffset() + b.localSize());
    }
    return differsFrom(other) < 0;
  }

  /**
   * Whether a value of this row and the other one's, of another version with the same layout,
   * differ for certain. Puts together neither payload; false where only that would show it.
   */
  public boolean surelyDiffersFrom(RowCursor other, TableLayout layout) {
    loadKey(HEADER);
    other.loadKey(HEADER);
    long same = differsFrom(other);
    if (same < 0 || !hasHeader() || !other.hasHeader()) {
      return false;
    }
    RecordDifference first = new RecordDifference();
    first.find(keyArray, keyOffset, other.keyArray, other.keyOffset, layout.fieldCount(), same);
    if (first.isSure() || first.extent() < 0 || first.extent() > MAX_KEPT) {
      return first.isSure();
    }
    KeyExtent values = new Leading((int) first.extent());
    loadKey(values);
    other.loadKey(values);
    return first.differs(
        layout,
        keyArray,
        keyOffset,
        payloadSize(),
        other.keyArray,
        other.keyOffset,
        other.payloadSize());
  }

  /** Whether the header is one, and is at {@link #keyArray}: a malformed one may not be. */
  private boolean hasHeader() {
    int available = keyArray == page ? cell().localSize() : assembled;
    return RecordDifference.hasHeader(keyArray, keyOffset, available);
  }

  /** How many leading bytes this row and the other one have in common; -1 if all of them. */
  private long differsFrom(RowCursor other) {
    payloads.start(pageNumber, page, cell());
    other.payloads.start(other.pageNumber, other.page, other.cell());
    return payloads.differsFrom(other.payloads);
  }

  /** The record's header. */
  private record Header() implements KeyExtent {
    @Override
    public int extent(byte[] payload, int offset, int available, int size) {
      return RecordDifference.headerExtent(payload, offset, available, size);
    }
  }

  /** So many leading bytes. */
  private record Leading(int count) implements KeyExtent {
    @Override
    public int extent(byte[] payload, int offset, int available, int size) {
      return count;
    }
  }
}
