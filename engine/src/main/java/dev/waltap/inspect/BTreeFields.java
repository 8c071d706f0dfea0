// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.format.BTreePage;
import dev.waltap.format.Bytes;
import dev.waltap.format.Cell;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.format.Varint;
import dev.waltap.inspect.PageImage.Field;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The fields of a b-tree page, of which nothing but the type byte is believed. For one page. */
final class BTreeFields {
  private static final String HEADER = "b-tree header";
  private static final int FREEBLOCK_HEADER = 4;

  private final PageImage image;
  private final byte[] page;
  private final int header;
  private final int usable;
  private final PageFormat format;
  private final List<Field> fields;
  private final List<Field> content = new ArrayList<>();

  BTreeFields(PageImage image, List<Field> fields) {
    this.image = image;
    this.page = image.page();
    this.header = BTreePage.header(image.pageNumber());
    this.usable = Math.min(image.database().usableSize(), page.length);
    this.format = new PageFormat(page.length, usable);
    this.fields = fields;
  }

  void add() {
    int type = page[header];
    field(HEADER, 0, 1, "type", type + ": " + typeName(type));
    int freeblock = Bytes.u16(page, header + 1);
    field(HEADER, 1, 2, "first freeblock", freeblock == 0 ? "0: none" : "at " + freeblock);
    int count = BTreePage.cellCount(page, header);
    int array = BTreePage.cellArray(page, header);
    int fit = Math.max(0, Math.min(count, (usable - array) / 2));
    field(HEADER, 3, 2, "cells", count + (fit < count ? ": do not fit" : ""));
    int start = Bytes.u16(page, header + 5);
    start = start == 0 ? 65536 : start;
    field(HEADER, 5, 2, "cell content from", "" + start);
    field(HEADER, 7, 1, "fragmented free bytes", "" + Bytes.u8(page, header + 7));
    if (!BTreePage.isLeaf(page, header)) {
      field(HEADER, 8, 4, "right-most child", "page " + unsigned(header + 8));
    }
    for (int i = 0; i < fit; i++) {
      int at = array + 2 * i;
      int cell = Bytes.u16(page, at);
      fields.add(new Field("cell pointers", at, 2, "cell " + i, "at " + cell));
      cell(i, cell);
    }
    int end = array + 2 * fit;
    if (start > end && start <= usable) {
      fields.add(new Field("page", end, start - end, "unallocated", zeros(end, start)));
    }
    freeblocks(freeblock);
    content.sort(Comparator.comparingInt(Field::offset));
    fields.addAll(content);
  }

  private static String typeName(int type) {
    return switch (type) {
      case BTreePage.INTERIOR_INDEX -> "interior page of an index b-tree";
      case BTreePage.INTERIOR_TABLE -> "interior page of a table b-tree";
      case BTreePage.LEAF_INDEX -> "leaf of an index b-tree";
      default -> "leaf of a table b-tree";
    };
  }

  private String zeros(int from, int to) {
    for (int i = from; i < to; i++) {
      if (page[i] != 0) {
        return "not zeroed: left of cells that were here";
      }
    }
    return "zeros";
  }

  private void freeblocks(int first) {
    Set<Integer> seen = new HashSet<>();
    int at = first;
    while (at != 0 && seen.add(at)) {
      if (at + FREEBLOCK_HEADER > usable) {
        content.add(new Field("freeblock", at, 0, "freeblock", "does not lie on the page"));
        return;
      }
      int next = Bytes.u16(page, at);
      int size = Bytes.u16(page, at + 2);
      String link = next == 0 ? "the last one" : "the next at " + next;
      content.add(
          new Field(
              "freeblock",
              at,
              Math.max(FREEBLOCK_HEADER, Math.min(size, usable - at)),
              "freeblock",
              size + " bytes, " + link));
      at = next;
    }
  }

  private void cell(int index, int at) {
    String part = "cell " + index;
    try {
      if (at < header || at >= usable) {
        throw new CorruptDatabaseException("does not lie on the page");
      }
      if (page[header] == BTreePage.INTERIOR_TABLE) {
        interiorCell(part, at);
      } else {
        payloadCell(part, at);
      }
    } catch (CorruptDatabaseException | IndexOutOfBoundsException e) {
      content.add(new Field(part, at, 0, "damaged", "can't be read: " + e.getMessage()));
    }
  }

  private void interiorCell(String part, int at) {
    content.add(new Field(part, at, 4, "left child", "page " + unsigned(at)));
    int size = Varint.size(page, at + 4);
    content.add(new Field(part, at + 4, size, "rowid", "" + Varint.value(page, at + 4)));
  }

  private void payloadCell(String part, int start) {
    boolean leaf = BTreePage.isLeaf(page, header);
    TreeKind kind = page[header] == BTreePage.LEAF_TABLE ? TreeKind.TABLE : TreeKind.INDEX;
    Cell cell = new Cell();
    cell.parse(page, image.pageNumber(), start, kind, leaf, format);
    int at = start;
    if (!leaf) {
      content.add(new Field(part, at, 4, "left child", "page " + unsigned(at)));
      at += 4;
    }
    int size = Varint.size(page, at);
    content.add(new Field(part, at, size, "payload size", "" + cell.payloadSize()));
    at += size;
    if (kind == TreeKind.TABLE) {
      size = Varint.size(page, at);
      content.add(new Field(part, at, size, "rowid", "" + cell.rowid()));
    }
    new RecordFields(page, part, image.database().textEncoding(), content).add(cell);
    if (cell.overflowPage() != 0) {
      int link = cell.payloadOffset() + cell.localSize();
      content.add(new Field(part, link, 4, "first overflow page", "page " + unsigned(link)));
    }
  }

  private void field(String part, int offset, int length, String name, String value) {
    fields.add(new Field(part, header + offset, length, name, value));
  }

  private String unsigned(int offset) {
    return Integer.toUnsignedString(Bytes.u32(page, offset));
  }
}
