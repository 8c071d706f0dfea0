// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.format.BTreePage;
import dev.waltap.format.Bytes;
import dev.waltap.format.DatabaseHeader;
import dev.waltap.format.FrameHeader;
import dev.waltap.inspect.PageImage.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The fields of a frame's header and of a page, whatever is in it: what does not fit where it
 * should be is said, and never an error. For one page.
 */
final class PageFields {
  private static final String FRAME = PageImage.FRAME_HEADER;
  private static final int TRUNK_HEADER = 8;
  private static final int POINTER_MAP_ENTRY = 5;
  private static final String[] POINTER_TYPES = {
    "?", "root of a b-tree", "free", "first of an overflow chain", "overflow", "of a b-tree"
  };

  private final PageImage image;
  private final byte[] page;
  private final List<Field> fields = new ArrayList<>();

  private PageFields(PageImage image) {
    this.image = image;
    this.page = image.page();
  }

  static List<Field> of(PageImage image) {
    PageFields found = new PageFields(image);
    found.frameHeader();
    found.page();
    return found.fields;
  }

  private void frameHeader() {
    byte[] header = image.frameHeader();
    if (header.length == 0) {
      return;
    }
    field(FRAME, 0, 4, "page number", unsigned(header, 0));
    int size = FrameHeader.commitSize(header);
    field(
        FRAME,
        4,
        4,
        "database size",
        size == 0 ? "0: commits nothing" : unsigned(header, 4) + " pages: a commit frame");
    boolean bare = FrameHeader.isBare(header);
    field(FRAME, 8, 4, "salt 1", bare ? "0: none, see at risk" : hex(header, 8));
    field(FRAME, 12, 4, "salt 2", bare ? "0" : hex(header, 12));
    field(FRAME, 16, 4, "checksum 1", bare ? "0: none" : hex(header, 16));
    field(FRAME, 20, 4, "checksum 2", bare ? "0" : hex(header, 20));
  }

  private void page() {
    if (image.pageNumber() == 1) {
      DatabaseHeaderFields.add(page, fields);
    }
    int type = page[BTreePage.header(image.pageNumber())];
    if (image.owner().equals("freelist")) {
      freelist();
    } else if (image.owner().equals("pointer map")) {
      pointerMap();
    } else if (image.kind().equals("overflow")) {
      overflow();
    } else if (isBTree(type)) {
      new BTreeFields(image, fields).add();
    } else {
      field(
          "page",
          0,
          usable(),
          "content",
          "no b-tree page, its first byte is "
              + (type & 0xff)
              + ": an overflow page, or a free one");
    }
    if (usable() < page.length) {
      field("page", usable(), page.length - usable(), "reserved", "not SQLite's own");
    }
  }

  private static boolean isBTree(int type) {
    return type == BTreePage.INTERIOR_INDEX
        || type == BTreePage.INTERIOR_TABLE
        || type == BTreePage.LEAF_INDEX
        || type == BTreePage.LEAF_TABLE;
  }

  private void freelist() {
    if (!image.kind().equals("trunk")) {
      field("page", 0, usable(), "free", "what was here before, which means nothing");
      return;
    }
    field("page", 0, 4, "next trunk page", noneOr(Bytes.u32(page, 0)));
    int count = Bytes.u32(page, 4);
    int fit = (usable() - TRUNK_HEADER) / 4;
    boolean fits = count >= 0 && count <= fit;
    field("page", 4, 4, "leaves", unsigned(page, 4) + (fits ? "" : ": do not fit"));
    for (int i = 0; i < Math.min(count, fit); i++) {
      int at = TRUNK_HEADER + 4 * i;
      field("page", at, 4, "leaf " + i, "page " + unsigned(page, at));
    }
  }

  private void pointerMap() {
    for (int at = 0; at + POINTER_MAP_ENTRY <= usable(); at += POINTER_MAP_ENTRY) {
      int type = page[at];
      if (type != 0) {
        int of = image.pageNumber() + 1 + at / POINTER_MAP_ENTRY;
        String kind =
            type > 0 && type < POINTER_TYPES.length ? POINTER_TYPES[type] : "type " + type;
        int parent = Bytes.u32(page, at + 1);
        field(
            "page",
            at,
            POINTER_MAP_ENTRY,
            "page " + of,
            kind + (parent == 0 ? "" : ", parent page " + Integer.toUnsignedString(parent)));
      }
    }
  }

  private void overflow() {
    int next = Bytes.u32(page, 0);
    field("page", 0, 4, "next overflow page", noneOr(next));
    field("page", 4, usable() - 4, "payload", next == 0 ? "the last part of it" : "a part of it");
  }

  private int usable() {
    DatabaseHeader header = image.database();
    return Math.min(header.usableSize(), page.length);
  }

  private void field(String part, int offset, int length, String name, String value) {
    fields.add(new Field(part, offset, length, name, value));
  }

  static String noneOr(int page) {
    return page == 0 ? "0: none" : "page " + Integer.toUnsignedString(page);
  }

  private static String unsigned(byte[] bytes, int offset) {
    return Integer.toUnsignedString(Bytes.u32(bytes, offset));
  }

  private static String hex(byte[] bytes, int offset) {
    return String.format(Locale.ROOT, "%08x", Bytes.u32(bytes, offset));
  }
}
