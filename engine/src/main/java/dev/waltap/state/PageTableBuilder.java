// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.format.BTreePage;
import dev.waltap.format.Bytes;
import dev.waltap.io.FileNames;
import dev.waltap.page.PackedPage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fills the table {@code page} of a new state, which is empty and which nobody has open: appends
 * the table's b-tree to the file, its rows in order of page number, front to back, many pages of
 * the file at once. SQLite would take some microseconds of processor time and three system calls a
 * row, which is most of what setting up a state costs.
 *
 * <p>What it appends is SQLite's own format (file format, section 1.6):
 *
 * <pre>
 *   overflow pages of some rows, their leaf, those of further rows, their leaf, … an interior page
 *   once as many leaves were written as it has room for, …; the root last, in its place
 * </pre>
 *
 * <p>For one thread. Closed unfinished, it leaves a file of no use.
 */
final class PageTableBuilder implements AutoCloseable {
  private static final int LEAF_HEADER = 8;
  private static final int INTERIOR_HEADER = 12;
  private static final int RIGHT_CHILD = 8;

  /** Where SQLite's header of the database says how many pages it has. */
  private static final int DATABASE_SIZE = 28;

  /** Of the file, where SQLite has its locks: the page at this offset is never used. */
  private static final long LOCK_BYTE = 1 << 30;

  private static final int BUFFER = 256 << 10;
  private static final int MAX_VARINT = 9;

  private final int pageSize;
  private final int root;
  private final long lockByte;
  private final RandomAccessFile file;
  private final BTreeNode leaf;

  /** The interior page in the making of each level, from above the leaves upwards. */
  private final List<Level> levels = new ArrayList<>();

  /** What was appended and is not written yet, whole pages. */
  private final byte[] buffer = new byte[BUFFER];

  private final byte[] head = new byte[4 * MAX_VARINT];
  private int buffered;
  private int pages;
  private long lastRow = Long.MIN_VALUE;

  /**
   * Opens the file.
   *
   * @param pageSize of the file, not of the database whose pages are kept in it
   * @param pages how many it has
   * @param root the page of the table's root, which is empty
   */
  PageTableBuilder(Path path, int pageSize, int pages, int root) throws IOException {
    this(path, pageSize, pages, root, LOCK_BYTE);
  }

  /** The same where SQLite would have its locks somewhere else, for tests. */
  PageTableBuilder(Path path, int pageSize, int pages, int root, long lockByte) throws IOException {
    this.lockByte = lockByte;
    this.pageSize = pageSize;
    this.pages = pages;
    this.root = root;
    this.leaf = new BTreeNode(BTreePage.LEAF_TABLE, LEAF_HEADER);
    this.file = FileNames.open(path, name -> new RandomAccessFile(name, "rw"));
    try {
      file.seek((long) pages * pageSize);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Appends a row.
   *
   * @param row its number, greater than that of the row before
   */
  void add(long row, long hash, PackedPage data) throws IOException {
    if (row <= lastRow) {
      throw new IllegalArgumentException("row " + row + " comes after row " + lastRow);
    }
    // A record's header of four serial types: its size, NULL for the row's number, eight bytes, and
    // a BLOB. Then the values.
    int types = varint(head, 2 * MAX_VARINT, 12L + 2L * data.size()) - 2 * MAX_VARINT;
    int payload = 3 + types + Long.BYTES + data.size();
    int at = varint(head, 0, payload);
    at = varint(head, at, row);
    int record = at;
    head[at++] = (byte) (3 + types);
    head[at++] = 0;
    head[at++] = 6;
    at = varint(head, at, 12L + 2L * data.size());
    Bytes.putU32(head, at, (int) (hash >>> 32));
    Bytes.putU32(head, at + 4, (int) hash);
    at += Long.BYTES;
    int local = localSize(payload);
    int fromData = local - (at - record);
    boolean spills = local < payload;
    int size = record + local + (spills ? 4 : 0);
    if (!leaf.fits(size)) {
      endLeaf();
    }
    int overflow = spills ? pageAfterNext(0) : 0;
    int cell = leaf.allocate(size);
    System.arraycopy(head, 0, leaf.page, cell, at);
    System.arraycopy(data.bytes(), data.offset(), leaf.page, cell + at, fromData);
    if (spills) {
      Bytes.putU32(leaf.page, cell + at + fromData, overflow);
      appendOverflow(data, fromData);
    }
    lastRow = row;
  }

  /** How much of a payload stands in its leaf, as SQLite has it. */
  private int localSize(int payload) {
    int most = pageSize - 35;
    if (payload <= most) {
      return payload;
    }
    int least = (pageSize - 12) * 32 / 255 - 23;
    int even = least + (payload - least) % (pageSize - 4);
    return even <= most ? even : least;
  }

  private void appendOverflow(PackedPage data, int from) throws IOException {
    int at = from;
    while (at < data.size()) {
      int count = Math.min(pageSize - 4, data.size() - at);
      int offset = room();
      boolean last = at + count == data.size();
      Bytes.putU32(buffer, offset, last ? 0 : pageAfterNext(1));
      System.arraycopy(data.bytes(), data.offset() + at, buffer, offset + 4, count);
      Arrays.fill(buffer, offset + 4 + count, offset + pageSize, (byte) 0);
      append();
      at += count;
    }
  }

  private void endLeaf() throws IOException {
    addToLevel(0, append(leaf), lastRow);
    leaf.clear();
  }

  /** Where in the buffer the next page goes. */
  private int room() throws IOException {
    if (buffered + 2 * pageSize > buffer.length) {
      flush();
    }
    if (isLockByte(pages + 1)) {
      Arrays.fill(buffer, buffered, buffered + pageSize, (byte) 0);
      append();
    }
    return buffered;
  }

  /** The page that {@link #room} gives room to is there. */
  private void append() {
    buffered += pageSize;
    pages++;
  }

  private int append(BTreeNode node) throws IOException {
    int offset = room();
    node.finish();
    System.arraycopy(node.page, 0, buffer, offset, pageSize);
    append();
    return pages;
  }

  /** The number of the page that is appended after so many others. */
  private int pageAfterNext(int others) {
    int next = pages + 1;
    for (int i = 0; isLockByte(next) || i < others; next++) {
      i += isLockByte(next) ? 0 : 1;
    }
    return next;
  }

  private boolean isLockByte(int page) {
    return page == lockByte / pageSize + 1;
  }

  private void flush() throws IOException {
    file.write(buffer, 0, buffered);
    buffered = 0;
  }

  private void addToLevel(int index, int child, long key) throws IOException {
    if (index == levels.size()) {
      levels.add(new Level());
    }
    Level level = levels.get(index);
    if (level.isFull()) {
      // The last cell goes from the page, to lead to its right-most child: so the one that follows
      // has a cell, too, whatever comes. SQLite knows no interior page without.
      level.removeLast();
      addToLevel(index + 1, append(level.node), level.removedKey);
      level.node.clear();
    }
    level.add(child, key);
  }

  /** Writes what is left, and closes the file. */
  void finish() throws IOException {
    if (lastRow != Long.MIN_VALUE) {
      BTreeNode top = leaf;
      if (!levels.isEmpty()) {
        endLeaf();
        int index = 0;
        while (index + 1 < levels.size()) {
          Level level = levels.get(index);
          level.end();
          addToLevel(++index, append(level.node), level.lastKey);
        }
        top = levels.get(index).node;
        levels.get(index).end();
      }
      flush();
      top.finish();
      file.seek((root - 1L) * pageSize);
      file.write(top.page);
      byte[] size = new byte[4];
      Bytes.putU32(size, 0, pages);
      file.seek(DATABASE_SIZE);
      file.write(size);
    }
    file.close();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Writes a number as SQLite does; returns where it ends. */
  private static int varint(byte[] to, int at, long value) {
    int size = 1;
    for (long rest = value >>> 7; rest != 0; rest >>>= 7) {
      size++;
    }
    if (size > 8) {
      throw new IllegalArgumentException(value + " takes more than eight bytes");
    }
    for (int i = size - 1, shift = 0; i >= 0; i--, shift += 7) {
      int more = i == size - 1 ? 0 : 0x80;
      to[at + i] = (byte) (((value >>> shift) & 0x7f) | more);
    }
    return at + size;
  }

  /** A page of the b-tree in the making. */
  private final class BTreeNode {
    final byte[] page = new byte[pageSize];
    private final int header;
    private final int type;
    private int cells;
    private int content;

    BTreeNode(int type, int header) {
      this.type = type;
      this.header = header;
      clear();
    }

    void clear() {
      Arrays.fill(page, (byte) 0);
      cells = 0;
      content = pageSize;
    }

    boolean fits(int size) {
      return header + 2 * (cells + 1) + size <= content;
    }

    /** Makes room for a cell, the last one in order, and returns where it begins. */
    int allocate(int size) {
      content -= size;
      Bytes.putU16(page, header + 2 * cells, content);
      cells++;
      return content;
    }

    void removeLast(int size) {
      cells--;
      Arrays.fill(page, content, content + size, (byte) 0);
      Bytes.putU16(page, header + 2 * cells, 0);
      content += size;
    }

    void finish() {
      page[0] = (byte) type;
      Bytes.putU16(page, 3, cells);
      Bytes.putU16(page, 5, content & 0xffff);
    }
  }

  /** The interior page in the making of one level; its last child is not on it yet. */
  private final class Level {
    final BTreeNode node = new BTreeNode(BTreePage.INTERIOR_TABLE, INTERIOR_HEADER);
    private final byte[] cell = new byte[4 + MAX_VARINT];
    private int lastChild;
    private long lastKey;
    private int cellChild;
    private long cellKey;
    private long removedKey;

    /** Whether there is no room for the last child's cell. */
    boolean isFull() {
      return lastChild != 0 && !node.fits(varint(cell, 4, lastKey));
    }

    void add(int child, long key) {
      if (lastChild != 0) {
        int size = varint(cell, 4, lastKey);
        Bytes.putU32(cell, 0, lastChild);
        System.arraycopy(cell, 0, node.page, node.allocate(size), size);
        cellChild = lastChild;
        cellKey = lastKey;
      }
      lastChild = child;
      lastKey = key;
    }

    /** Takes the last cell off the page, which leads to its right-most child then. */
    void removeLast() {
      node.removeLast(varint(cell, 4, cellKey));
      Bytes.putU32(node.page, RIGHT_CHILD, cellChild);
      removedKey = cellKey;
    }

    /** Nothing is added any more. */
    void end() {
      Bytes.putU32(node.page, RIGHT_CHILD, lastChild);
    }
  }
}
