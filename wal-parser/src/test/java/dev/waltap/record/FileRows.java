// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the rows of one b-tree out of a database file, the plain way, to test decoding alone. */
final class FileRows {

  /** A row: its rowid, 0 in an index b-tree, and its payload. */
  static final class Cell {
    private final long rowid;
    private final byte[] payload;

    private Cell(long rowid, byte[] payload) {
      this.rowid = rowid;
      this.payload = payload;
    }

    long rowid() {
      return rowid;
    }

    byte[] payload() {
      return payload;
    }
  }

  private final ByteBuffer file;
  private final int pageSize;
  private final List<Cell> cells = new ArrayList<>();

  private FileRows(byte[] bytes) {
    this.file = ByteBuffer.wrap(bytes);
    int stored = file.getShort(16) & 0xffff;
    this.pageSize = stored == 1 ? 65536 : stored;
  }

  /** All rows in b-tree order. */
  static List<Cell> read(Path database, int root) throws IOException {
    FileRows rows = new FileRows(Files.readAllBytes(database));
    rows.walk(root);
    return rows.cells;
  }

  private void walk(int page) {
    int start = (page - 1) * pageSize;
    int header = page == 1 ? 100 : start;
    int type = file.get(header);
    boolean interior = type == 2 || type == 5;
    int count = file.getShort(header + 3) & 0xffff;
    for (int i = 0; i < count; i++) {
      int at = start + (file.getShort(header + (interior ? 12 : 8) + 2 * i) & 0xffff);
      if (interior) {
        walk(file.getInt(at));
        at += 4;
      }
      if (type != 5) {
        cells.add(cell(at, type == 13));
      }
    }
    if (interior) {
      walk(file.getInt(header + 8));
    }
  }

  private Cell cell(int at, boolean table) {
    file.position(at);
    int length = (int) varint();
    long rowid = table ? varint() : 0;
    int max = table ? pageSize - 35 : (pageSize - 12) * 64 / 255 - 23;
    int min = (pageSize - 12) * 32 / 255 - 23;
    int surplus = min + (length - min) % (pageSize - 4);
    int local = length <= max ? length : surplus <= max ? surplus : min;
    byte[] payload = new byte[length];
    file.get(payload, 0, local);
    int next = local < length ? file.getInt() : 0;
    for (int filled = local; filled < length; ) {
      file.position((next - 1) * pageSize);
      next = file.getInt();
      int part = Math.min(length - filled, pageSize - 4);
      file.get(payload, filled, part);
      filled += part;
    }
    return new Cell(rowid, payload);
  }

  private long varint() {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      byte b = file.get();
      value = value << 7 | (b & 0x7f);
      if (b >= 0) {
        return value;
      }
    }
    return value << 8 | (file.get() & 0xff);
  }
}
