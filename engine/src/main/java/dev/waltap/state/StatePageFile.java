// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.btree.RowLookup;
import dev.waltap.btree.Tree;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.TreeKind;
import dev.waltap.record.RecordReader;
import dev.waltap.record.StorageClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of the table {@code page} of a state that is closed, see {@link PageTable}, without
 * SQLite; as to who may, see {@link ClosedStateFile}. A row takes a read of each page that leads to
 * it and of those that hold it, but for the few that were read just before. For one thread.
 */
final class StatePageFile implements AutoCloseable {
  /**
   * A row, for one read after the other.
   *
   * <p>Its array grows with the rows, and is never larger than {@link #MAX_ROW}.
   */
  static final class Row {
    /** What is kept as the page's hash. */
    long hash;

    /** Holds the page as it is stored, from its first byte on. */
    byte[] data = {};

    /** How many bytes of {@link #data} that takes. */
    int size;
  }

  /** Bytes. No page takes more than 64 KiB, the largest there is, and a few for the record. */
  private static final int MAX_ROW = 72 << 10;

  private static final int COLUMNS = 3;
  private static final int HASH = 1;
  private static final int DATA = 2;

  /** A power of two. The root, a page below it, a leaf and the row's overflow pages: mostly six. */
  private static final int KEPT = 8;

  private final ClosedStateFile file;
  private final Tree tree;
  private final RowLookup lookup;
  private final RecordReader record = new RecordReader();

  /** Pages read before, each where the low bits of its number say. */
  private final byte[] @Nullable [] images = new byte[KEPT] @Nullable [];

  private final int[] numbers = new int[KEPT];

  /**
   * Opens the file.
   *
   * @param stateDb a {@code state.db} as described above
   * @param rootPage the page of the table's root, as {@code sqlite_schema} has it
   * @throws IOException if it can't be read
   * @throws DatabaseException if it is not a state's file
   */
  static StatePageFile open(Path stateDb, int rootPage) throws IOException {
    return new StatePageFile(ClosedStateFile.open(stateDb, DatabaseHeader.SIZE), rootPage);
  }

  /** Rows of a file that this closes. */
  StatePageFile(ClosedStateFile file, int rootPage) {
    this.file = file;
    this.tree = new Tree(0, rootPage, TreeKind.TABLE, "page");
    // How many pages there are, reading past the end says.
    this.lookup = new RowLookup(this::page, file.format(), 0);
  }

  /**
   * Reads a row.
   *
   * @param pageNumber the row's number, as an unsigned one
   * @param to gets it; left half filled by an exception
   * @return false if there is no such row, which a damaged file may look like as well
   * @throws IOException if the file can't be read
   * @throws CorruptDatabaseException naming table and page
   */
  boolean read(long pageNumber, Row to) throws IOException {
    try {
      if (!lookup.find(tree, pageNumber)) {
        return false;
      }
      long size = lookup.size();
      if (size > MAX_ROW) {
        throw wrong(pageNumber, "has " + size + " bytes");
      }
      if (to.data.length < size) {
        to.data = new byte[(int) size];
      }
      lookup.copy(to.data);
      record.wrap(to.data, 0, (int) size);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (record.fieldCount() != COLUMNS
        || record.storageClass(HASH) != StorageClass.INTEGER
        || record.storageClass(DATA) != StorageClass.BLOB) {
      throw wrong(pageNumber, "is not a number and a BLOB");
    }
    to.hash = record.longValue(HASH);
    to.size = record.bytesLength(DATA);
    System.arraycopy(to.data, record.bytesOffset(DATA), to.data, 0, to.size);
    return true;
  }

  private CorruptDatabaseException wrong(long row, String what) {
    return new CorruptDatabaseException(tree + ", row " + row + " " + what);
  }

  private byte[] page(int number) {
    int slot = number & (KEPT - 1);
    byte[] image = images[slot];
    if (image != null && numbers[slot] == number) {
      return image;
    }
    if (image == null) {
      image = new byte[file.format().pageSize()];
    }
    images[slot] = null; // Until it is read whole.
    try {
      file.read(number, image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    images[slot] = image;
    numbers[slot] = number;
    return image;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
