// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.format.DatabaseException;
import dev.waltap.page.PackedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of a closed state, beside what SQLite reads of them. */
class StatePageFileTest {
  private static final long SEED = Long.getLong("waltap.seed", new Random().nextLong());
  private static final int ROUNDS = Integer.getInteger("corruption.rounds", 2000);

  @TempDir Path temp;
  private final Random random = new Random(SEED);
  private final Map<Long, StatePageFile.Row> rows = new TreeMap<>();
  private Path path = Path.of("");
  private int root;

  /** A state with so many pages, of which SQLite has replaced, added and removed some. */
  private void create(int count) throws Exception {
    path = Files.createFile(temp.resolve("state.db"));
    try (PageTableBuilder builder = StateFile.create(path)) {
      PackedPage page = new PackedPage();
      for (int i = 0; i < count; i++) {
        byte[] data = data();
        page.set(data, 0, data.length);
        builder.add(row(i), random.nextLong(), page);
      }
      builder.finish();
    }
    try (StateFile file = StateModel.openFile(path)) {
      file.run("BEGIN");
      try (PreparedStatement replace = file.prepare("INSERT OR REPLACE INTO page VALUES(?,?,?)")) {
        for (int i = 0; i < count / 2; i++) {
          replace.setLong(1, row(random.nextInt(count)) + random.nextInt(2));
          replace.setLong(2, random.nextLong() >> random.nextInt(64));
          replace.setBytes(3, data());
          replace.execute();
        }
      }
      file.run("DELETE FROM page WHERE number % 7 = 3");
      file.run("COMMIT");
      root = (int) file.number("SELECT rootpage FROM sqlite_schema WHERE name = 'page'");
      readBySqlite(file);
    }
    assertThat(temp.resolve("state.db-wal")).doesNotExist();
  }

  private void readBySqlite(StateFile file) throws SQLException {
    try (PreparedStatement select = file.prepare("SELECT * FROM page");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        StatePageFile.Row stored = new StatePageFile.Row();
        stored.hash = row.getLong(2);
        stored.data = row.getBytes(3);
        stored.size = stored.data.length;
        rows.put(row.getLong(1), stored);
      }
    }
  }

  /** The page numbers of a database, with gaps, and some of those past 2^31. */
  private static long row(int i) {
    return i < 100 ? i + 1 : i * 3L + (i > 500 ? 0xfff0_0000L : 0);
  }

  /** From a byte up to the largest page. */
  private byte[] data() {
    byte[] data = new byte[1 + random.nextInt(random.nextInt(100) == 0 ? 65536 : 5000)];
    random.nextBytes(data);
    return data;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40, 5000})
  void readsWhatSqliteReads(int count) throws Exception {
    create(count);
    try (StatePageFile file = StatePageFile.open(path, root)) {
      StatePageFile.Row row = new StatePageFile.Row();
      List<Long> missing = new ArrayList<>(List.of(0L, -1L, 0xffff_ffffL, Long.MAX_VALUE));
      for (Map.Entry<Long, StatePageFile.Row> stored : rows.entrySet()) {
        String what = "-Dwaltap.seed=" + SEED + ": row " + stored.getKey();
        assertThat(file.read(stored.getKey(), row)).as(what).isTrue();
        assertThat(row.hash).as(what).isEqualTo(stored.getValue().hash);
        assertThat(Arrays.copyOf(row.data, row.size)).as(what).isEqualTo(stored.getValue().data);
        missing.addAll(List.of(stored.getKey() - 1, stored.getKey() + 1));
      }
      missing.removeAll(rows.keySet());
      for (long number : missing) {
        assertThat(file.read(number, row)).as("-Dwaltap.seed=%d: %d", SEED, number).isFalse();
      }
    }
    assertThat(rows).hasSizeGreaterThanOrEqualTo(count / 2);
  }

  @Test
  void readsWhatStandsInAnyOrder() throws Exception {
    create(3000);
    List<Long> numbers = new ArrayList<>(rows.keySet());
    try (StatePageFile file = StatePageFile.open(path, root)) {
      StatePageFile.Row row = new StatePageFile.Row();
      for (int i = 0; i < 3000; i++) {
        long number = numbers.get(random.nextInt(numbers.size()));
        assertThat(file.read(number, row)).isTrue();
        StatePageFile.Row stored = rows.get(number);
        boolean same =
            stored != null
                && row.hash == stored.hash
                && Arrays.equals(row.data, 0, row.size, stored.data, 0, stored.size);
        assertThat(same).as("-Dwaltap.seed=%d: %d", SEED, number).isTrue();
      }
    }
  }

  @Test
  void damageEndsInAnExceptionOrInAnotherRow() throws Exception {
    create(60);
    byte[] sound = Files.readAllBytes(path);
    List<Long> numbers = new ArrayList<>(rows.keySet());
    StatePageFile.Row row = new StatePageFile.Row();
    int refused = 0;
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = sound.clone();
      for (int flips = 1 + random.nextInt(60); flips > 0; flips--) {
        int page = random.nextInt(damaged.length / 2048) * 2048;
        int at = page + random.nextInt(random.nextBoolean() ? 40 : 2048);
        damaged[at] =
            (byte) (random.nextBoolean() ? random.nextInt() : damaged[at] ^ 1 << random.nextInt(8));
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(damaged.length) : damaged.length;
      Files.write(path, Arrays.copyOf(damaged, length));
      for (int i = 0; i < 5; i++) {
        try (StatePageFile file = StatePageFile.open(path, root)) {
          read += file.read(numbers.get(random.nextInt(numbers.size())), row) ? 1 : 0;
        } catch (DatabaseException | IOException e) {
          refused++;
        } catch (RuntimeException | StackOverflowError e) {
          throw new AssertionError("-Dwaltap.seed=" + SEED + ", round " + round, e);
        }
      }
    }
    assertThat(row.data.length).isLessThan(80_000);
    assertThat(read).isGreaterThan(ROUNDS);
    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }

  @Test
  void refusesARowLargerThanAnyPage() throws Exception {
    create(0);
    try (StateFile file = StateModel.openFile(path)) {
      file.run("INSERT INTO page VALUES(1, 5, zeroblob(2000000))");
      file.run("INSERT INTO page VALUES(2, 'five', x'00')");
      file.run("INSERT INTO page VALUES(3, 5, NULL)");
    }
    StatePageFile.Row row = new StatePageFile.Row();
    try (StatePageFile file = StatePageFile.open(path, root)) {
      assertThatThrownBy(() -> file.read(1, row))
          .isInstanceOf(CorruptDatabaseException.class)
          .hasMessageMatching("table page \\(root page \\d+\\), row 1 has 20000\\d\\d bytes");
      assertThatThrownBy(() -> file.read(2, row))
          .isInstanceOf(CorruptDatabaseException.class)
          .hasMessageContaining("row 2 is not a number and a BLOB");
      assertThatThrownBy(() -> file.read(3, row))
          .isInstanceOf(CorruptDatabaseException.class)
          .hasMessageContaining("row 3 is not a number and a BLOB");
    }
    assertThat(row.data.length).isLessThan(100);
  }

  @Test
  void refusesWhatIsNoState() throws Exception {
    Path missing = temp.resolve("missing.db");
    assertThatThrownBy(() -> StatePageFile.open(missing, 4))
        .isInstanceOf(NoSuchFileException.class);
    Path empty = Files.createFile(temp.resolve("empty.db"));
    assertThatThrownBy(() -> StatePageFile.open(empty, 4))
        .isInstanceOf(CorruptDatabaseException.class);
    create(1);
    byte[] bytes = Files.readAllBytes(path);
    bytes[68]++;
    Files.write(path, bytes);
    assertThatThrownBy(() -> StatePageFile.open(path, root))
        .isInstanceOf(CorruptDatabaseException.class)
        .hasMessageContaining("not a state of Waltap");
  }
}
