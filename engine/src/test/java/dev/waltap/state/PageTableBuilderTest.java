// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.page.PackedPage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is appended to a state in the making, read by SQLite. */
class PageTableBuilderTest {
  private static final int PAGE = 2048;

  private static final String FAULTS =
      "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'";

  @TempDir Path temp;

  /** None, as many as a leaf holds, and more than an interior page has room for. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 8, 9, 100, 1000, 2000})
  void sqliteReadsEveryRow(int rows) throws Exception {
    appendAndRead(rows);
  }

  /** So many that interior pages have interior pages above interior pages. */
  @Test
  @Tag("slow")
  void sqliteReadsEveryRowOfADeepTree() throws Exception {
    appendAndRead(60_000);
  }

  private void appendAndRead(int rows) throws Exception {
    Path path = Files.createFile(temp.resolve("state.db"));
    Random random = new Random(rows);
    try (PageTableBuilder builder = StateFile.create(path)) {
      PackedPage page = new PackedPage();
      for (int i = 0; i < rows; i++) {
        byte[] data = data(rows, i);
        page.set(data, 0, data.length);
        builder.add(row(i), hash(i), page);
      }
      builder.finish();
    }
    try (StateFile file = StateFile.openNew(path)) {
      try (PreparedStatement check = file.prepare("PRAGMA integrity_check");
          ResultSet said = check.executeQuery()) {
        assertThat(said.getString(1)).isEqualTo("ok");
      }
      assertRows(file, rows, rows);
      // By key as well, which goes down from the root; and written on by SQLite.
      for (int i = 0; i < Math.min(rows, 200); i++) {
        int one = random.nextInt(rows);
        assertThat(file.number("SELECT hash FROM page WHERE number = " + row(one)))
            .isEqualTo(hash(one));
      }
      file.run("INSERT OR REPLACE INTO page SELECT number * 2, hash, data FROM page LIMIT 3000");
      file.run("DELETE FROM page WHERE number % 3 = 0");
      assertThat(file.number(FAULTS)).isEqualTo(0);
    }
  }

  @Test
  void rowsOutOfOrderAreRefused() throws Exception {
    Path path = Files.createFile(temp.resolve("state.db"));
    PackedPage page = new PackedPage();
    page.set(new byte[100], 0, 100);
    try (PageTableBuilder builder = StateFile.create(path)) {
      builder.add(5, 1, page);
      assertThatThrownBy(() -> builder.add(5, 1, page))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("row 5");
    }
  }

  /** The page where SQLite locks is left out wherever the rows' pages come to it. */
  @Test
  void thePageThatSqliteLocksIsNotUsed() throws Exception {
    for (int behind = 1; behind <= 40; behind++) {
      Path path = Files.createFile(temp.resolve("locked" + behind));
      StateFile.create(path).close();
      int root;
      try (StateFile file = StateFile.openNew(path)) {
        root = (int) file.number("SELECT rootpage FROM sqlite_master WHERE name = 'page'");
      }
      int pages = (int) (Files.size(path) / PAGE);
      long locked = (pages + behind - 1) * (long) PAGE;
      PackedPage page = new PackedPage();
      try (PageTableBuilder builder = new PageTableBuilder(path, PAGE, pages, root, locked)) {
        for (int i = 0; i < 60; i++) {
          byte[] data = data(4000, i);
          page.set(data, 0, data.length);
          builder.add(row(i), hash(i), page);
        }
        builder.finish();
      }
      byte[] file = Files.readAllBytes(path);
      assertThat(Arrays.copyOfRange(file, (int) locked, (int) locked + PAGE)).containsOnly(0);
      try (StateFile opened = StateFile.openNew(path)) {
        assertThat(opened.number(FAULTS)).as("only the page that is not used").isEqualTo(1);
        assertRows(opened, 60, 4000);
      }
    }
  }

  private static void assertRows(StateFile file, int rows, int kind) throws SQLException {
    try (PreparedStatement select = file.prepare("SELECT * FROM page ORDER BY number");
        ResultSet row = select.executeQuery()) {
      for (int i = 0; i < rows; i++) {
        boolean same =
            row.next()
                && row.getLong(1) == row(i)
                && row.getLong(2) == hash(i)
                && Arrays.equals(row.getBytes(3), data(kind, i));
        if (!same) {
          throw new AssertionError("row " + i + " of " + rows + " differs");
        }
      }
      assertThat(row.next()).isFalse();
    }
  }

  private static long row(int i) {
    return i < 100 ? i + 1 : i * 3L + (i > 500 ? 0xfff0_0000L : 0);
  }

  private static long hash(int i) {
    return i % 10 == 0 ? i : i * 0x9E3779B97F4A7C15L;
  }

  /** Of any size around those at which SQLite begins to spill, and whole pages. */
  private static byte[] data(int rows, int i) {
    Random random = new Random(i);
    int size =
        rows > 10_000
            ? 1900 + random.nextInt(200)
            : switch (i % 5) {
              case 0 -> 4096;
              case 1 -> 1 + random.nextInt(100);
              case 2 -> 1980 + random.nextInt(60);
              case 3 -> 4020 + random.nextInt(80);
              default -> random.nextInt(30) == 0 ? 65536 : 1 + random.nextInt(4096);
            };
    byte[] data = new byte[size];
    random.nextBytes(data);
    return data;
  }
}
