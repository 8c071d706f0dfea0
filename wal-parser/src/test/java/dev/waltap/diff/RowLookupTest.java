// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.btree.RowLookup;
import dev.waltap.btree.Tree;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.PageFormat;
import dev.waltap.format.TreeKind;
import dev.waltap.page.PageSource;
import dev.waltap.record.RecordReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows found by their rowid, beside what SQLite was given. */
class RowLookupTest {
  private static final long SEED = Long.getLong("waltap.seed", new Random().nextLong());
  private static final int ROUNDS = Integer.getInteger("corruption.rounds", 3000);

  @TempDir Path directory;
  private final Random random = new Random(SEED);
  private final Map<Long, byte[]> rows = new TreeMap<>();
  private byte[][] pages = new byte[0][];
  private PageFormat format = new PageFormat(512, 512);
  private Tree tree = new Tree(0, 0, TreeKind.TABLE, "t");

  /** A table of rows of all sizes, with gaps between their rowids, and with others removed. */
  private void create(int pageSize, int reserved, int count) throws SQLException {
    Path file = directory.resolve("a.db");
    try (VersionedDatabase database = new VersionedDatabase(file, pageSize, reserved)) {
      database.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, b)");
      database.execute("BEGIN");
      try (PreparedStatement insert =
          database.connection().prepareStatement("INSERT OR REPLACE INTO t VALUES(?,?)")) {
        for (int i = 0; i < count; i++) {
          byte[] value = new byte[random.nextInt(i % 20 == 0 ? 4 * pageSize : pageSize / 8)];
          random.nextBytes(value);
          long rowid = rowid(i);
          rows.put(rowid, value);
          insert.setLong(1, rowid);
          insert.setBytes(2, value);
          insert.executeUpdate();
        }
      }
      database.execute("DELETE FROM t WHERE id % 7 = 3");
      rows.keySet().removeIf(rowid -> rowid % 7 == 3);
      database.execute("COMMIT");
      while (database.next() != null) {}
      format = database.format();
      tree = new Tree(0, database.roots().getOrDefault("t", 0), TreeKind.TABLE, "t");
      pages = new byte[database.version().size()][];
      for (int i = 0; i < pages.length; i++) {
        pages[i] = database.version().page(i + 1);
      }
    }
  }

  /** Of one byte and of nine, negative and not, the least and the greatest among them. */
  private long rowid(int i) {
    return switch (i) {
      case 0 -> Long.MIN_VALUE;
      case 1 -> Long.MAX_VALUE;
      case 2 -> -1;
      case 3 -> 0;
      default -> random.nextLong() >> random.nextInt(64);
    };
  }

  /** Gives all images in one array, as a source may. */
  private static PageSource source(byte[][] image) {
    byte[] one = new byte[image[0].length];
    return pageNumber -> {
      if (pageNumber < 1 || pageNumber > image.length) {
        throw CorruptDatabaseException.page(pageNumber, "is not there");
      }
      return copy(image[pageNumber - 1], one);
    };
  }

  private static byte[] copy(byte[] from, byte[] to) {
    System.arraycopy(from, 0, to, 0, from.length);
    return to;
  }

  private RowLookup lookup(byte[][] image) {
    return new RowLookup(source(image), format, image.length);
  }

  /** The value of a row; null if there is none. */
  private byte @Nullable [] value(RowLookup lookup, long rowid) {
    if (!lookup.find(tree, rowid)) {
      return null;
    }
    if (lookup.size() > pages.length * (long) format.pageSize()) {
      throw new CorruptDatabaseException("a row of " + lookup.size() + " bytes");
    }
    byte[] payload = new byte[(int) lookup.size()];
    lookup.copy(payload);
    RecordReader record = new RecordReader();
    record.wrap(payload, 0, payload.length);
    if (record.fieldCount() != 2) {
      throw new CorruptDatabaseException("a row of " + record.fieldCount() + " columns");
    }
    int from = record.bytesOffset(1);
    return Arrays.copyOfRange(payload, from, from + record.bytesLength(1));
  }

  @ParameterizedTest
  @CsvSource({
    "512, 0, 0",
    "512, 0, 1",
    "512, 0, 5000",
    "512, 32, 2000",
    "1024, 0, 1500",
    "4096, 0, 3000",
    "65536, 0, 60",
    "65536, 255, 60"
  })
  void findsEachRowAndNoOther(int pageSize, int reserved, int count) throws Exception {
    create(pageSize, reserved, count);
    RowLookup lookup = lookup(pages);
    List<Long> missing = new ArrayList<>(List.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE));
    rows.forEach(
        (rowid, value) -> {
          assertThat(value(lookup, rowid)).as("-Dwaltap.seed=%d: %d", SEED, rowid).isEqualTo(value);
          missing.addAll(List.of(rowid - 1, rowid + 1));
        });
    missing.removeAll(rows.keySet());
    for (long rowid : missing) {
      assertThat(value(lookup, rowid)).as("-Dwaltap.seed=%d: %d", SEED, rowid).isNull();
    }
  }

  @Test
  void readsOnePageOfEachLevel() throws Exception {
    create(512, 0, 5000);
    int[] reads = new int[1];
    RowLookup lookup =
        new RowLookup(
            pageNumber -> {
              reads[0]++;
              return pages[pageNumber - 1];
            },
            format,
            pages.length);
    for (long rowid : rows.keySet()) {
      reads[0] = 0;
      lookup.find(tree, rowid);
      assertThat(reads[0]).isBetween(3, 4);
    }
  }

  @Test
  void copiesARowThatWasFoundAndOnlyOnce() throws Exception {
    create(512, 0, 10);
    RowLookup lookup = lookup(pages);
    assertThatThrownBy(() -> lookup.copy(new byte[1000])).isInstanceOf(IllegalStateException.class);
    assertThat(lookup.find(tree, Long.MAX_VALUE)).isTrue();
    byte[] payload = new byte[(int) lookup.size()];
    lookup.copy(payload);
    assertThatThrownBy(() -> lookup.copy(payload)).isInstanceOf(IllegalStateException.class);
    lookup.find(tree, Long.MAX_VALUE);
    assertThat(lookup.find(tree, 12345678987654321L)).isFalse();
    assertThatThrownBy(() -> lookup.copy(payload)).isInstanceOf(IllegalStateException.class);
    Tree index = new Tree(0, tree.root(), TreeKind.INDEX, "w");
    assertThatThrownBy(() -> lookup.find(index, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anyDamageEndsInOneKindOfException() throws Exception {
    create(512, 0, 2000);
    List<Long> some = new ArrayList<>(rows.keySet());
    int found = 0;
    List<String> messages = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      byte[][] image = new byte[pages.length][];
      for (int i = 0; i < image.length; i++) {
        image[i] = pages[i].clone();
        if (random.nextInt(3) == 0) {
          int at = random.nextInt(random.nextBoolean() ? 40 : image[i].length);
          image[i][at] = (byte) random.nextInt();
        }
      }
      RowLookup lookup = lookup(image);
      long rowid = some.get(random.nextInt(some.size()));
      try {
        found += value(lookup, rowid) == null ? 0 : 1;
      } catch (CorruptDatabaseException e) {
        messages.add(String.valueOf(e.getMessage()));
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("-Dwaltap.seed=" + SEED + ", round " + round, e);
      }
    }
    assertThat(found).isGreaterThan(ROUNDS / 10);
    assertThat(messages).hasSizeGreaterThan(ROUNDS / 50);
  }

  @Test
  void namesATreeThatLeadsToItself() throws Exception {
    create(512, 0, 2000);
    for (byte[] page : pages) {
      page[0] = 5;
      page[3] = page[4] = 0;
      ByteBuffer.wrap(page).putInt(8, tree.root());
    }
    assertThatThrownBy(() -> lookup(pages).find(tree, 5))
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("table t (root page " + tree.root() + "), page " + tree.root())
        .hasMessageContaining("levels deep");
  }

  @Test
  void interiorCellsAtTheEndOfAPageStayOnIt() throws Exception {
    create(512, 0, 2000);
    byte[] root = pages[tree.root() - 1];
    assertThat(root[0]).isEqualTo((byte) 5);
    Arrays.fill(root, root.length - 8, root.length, (byte) 0xff);
    ByteBuffer.wrap(root).putShort(3, (short) 1).putShort(12, (short) (root.length - 8));
    assertThatThrownBy(() -> lookup(pages).find(tree, 5))
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("cell at offset 504 runs out of the page");
  }

  @Test
  void namesARowWhosePayloadEndsEarly() throws Exception {
    create(512, 0, 2000);
    long large =
        rows.entrySet().stream()
            .filter(row -> row.getValue().length > 1500)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    RowLookup lookup = lookup(pages);
    assertThat(lookup.find(tree, large)).isTrue();
    byte[] payload = new byte[(int) lookup.size()];
    for (byte[] page : pages) {
      if (page[0] == 0) {
        Arrays.fill(page, 0, 4, (byte) 0); // No other page of this table begins so.
      }
    }
    assertThatThrownBy(() -> lookup.copy(payload))
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("table t (root page")
        .hasMessageContaining("an overflow chain ends");
  }
}
