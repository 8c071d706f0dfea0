// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.BTreePage;
import dev.waltap.format.Cell;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two versions of a leaf: what is found to be shared is, and little that is shared is missed. */
class SharedCellsTest {
  private static final PageFormat FORMAT = new PageFormat(1024, 1000);

  @Test
  void sharedCellsAreTheSameBytes() {
    int found = 0;
    for (long seed = 1; seed <= 4000; seed++) {
      Random random = new Random(seed);
      int pageNumber = random.nextInt(10) == 0 ? 1 : 2;
      byte[] before = leaf(random, pageNumber, 5 + random.nextInt(15));
      byte[] after = before.clone();
      change(random, pageNumber, after);
      SharedCells shared = new SharedCells(FORMAT);
      shared.find(before, after, pageNumber, TreeKind.TABLE);
      List<String> a = cells(before, pageNumber);
      List<String> b = cells(after, pageNumber);
      int front = shared.front();
      int back = shared.back();
      assertThat(front + back)
          .as("seed %s", seed)
          .isLessThanOrEqualTo(Math.min(a.size(), b.size()));
      assertThat(b.subList(0, front)).as("seed %s", seed).isEqualTo(a.subList(0, front));
      assertThat(b.subList(b.size() - back, b.size()))
          .as("seed %s", seed)
          .isEqualTo(a.subList(a.size() - back, a.size()));
      found += front + back;
    }
    assertThat(found).isGreaterThan(4000);
  }

  @Test
  void everythingIsSharedByTheSamePage() {
    byte[] page = leaf(new Random(1), 2, 12);
    SharedCells shared = new SharedCells(FORMAT);
    shared.find(page, page.clone(), 2, TreeKind.TABLE);
    assertThat(shared.front()).isEqualTo(12);
    assertThat(shared.back()).isZero();
  }

  @Test
  void emptyPagesShareNothing() {
    byte[] page = leaf(new Random(1), 2, 0);
    SharedCells shared = new SharedCells(FORMAT);
    shared.find(page, leaf(new Random(1), 2, 3), 2, TreeKind.TABLE);
    assertThat(shared.front() + shared.back()).isZero();
  }

  /** A leaf whose cells are at places of no order. */
  private static byte[] leaf(Random random, int pageNumber, int count) {
    byte[] bytes = new byte[FORMAT.pageSize()];
    random.nextBytes(bytes);
    ByteBuffer page = ByteBuffer.wrap(bytes);
    int header = BTreePage.header(pageNumber);
    page.put(header, (byte) BTreePage.LEAF_TABLE).putShort(header + 3, (short) count);
    int at = FORMAT.usableSize();
    List<Integer> offsets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int payload = random.nextInt(20);
      at -= payload + 2;
      page.put(at, (byte) payload).put(at + 1, (byte) i);
      offsets.add(at);
    }
    java.util.Collections.shuffle(offsets, random);
    for (int i = 0; i < count; i++) {
      page.putShort(header + 8 + 2 * i, offsets.get(i).shortValue());
    }
    return bytes;
  }

  /** Drops a cell, or changes some bytes of payloads, or swaps two cells' offsets. */
  private static void change(Random random, int pageNumber, byte[] bytes) {
    ByteBuffer page = ByteBuffer.wrap(bytes);
    int header = BTreePage.header(pageNumber);
    int count = BTreePage.cellCount(bytes, header);
    int array = header + 8;
    int i = random.nextInt(count);
    switch (random.nextInt(3)) {
      case 0 -> {
        System.arraycopy(bytes, array + 2 * i + 2, bytes, array + 2 * i, 2 * (count - i - 1));
        page.putShort(header + 3, (short) (count - 1));
      }
      case 1 -> {
        int cell = BTreePage.cell(bytes, header, i);
        if (bytes[cell] > 0) {
          bytes[cell + 2 + random.nextInt(bytes[cell])]++;
        }
      }
      default -> {
        int j = random.nextInt(count);
        short offset = page.getShort(array + 2 * i);
        page.putShort(array + 2 * i, page.getShort(array + 2 * j)).putShort(array + 2 * j, offset);
      }
    }
  }

  private static List<String> cells(byte[] page, int pageNumber) {
    int header = BTreePage.header(pageNumber);
    Cell cell = new Cell();
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < BTreePage.cellCount(page, header); i++) {
      int at = BTreePage.cell(page, header, i);
      cell.parse(page, pageNumber, at, TreeKind.TABLE, true, FORMAT);
      cells.add(
          new String(
              Arrays.copyOfRange(page, cell.offset(), cell.end()), StandardCharsets.ISO_8859_1));
    }
    return cells;
  }
}
