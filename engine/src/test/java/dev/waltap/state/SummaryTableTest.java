// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.PageSummary;
import dev.waltap.wal.LogKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of a page table beside its pages: that it is right, or not believed. */
class SummaryTableTest {
  @TempDir Path temp;
  private StateDirectory directory = StateDirectory.at(Path.of("none"));
  private final List<String> details = new ArrayList<>();

  @BeforeEach
  void setUp() {
    directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    try (StateLock lock = directory.hold("test")) {
      StateModel.create(lock).close();
    }
  }

  /** Opens the state and works with it. */
  private interface Use {
    void of(StateStore store) throws SQLException;
  }

  private void open(Use use) throws SQLException {
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      use.of(store);
    }
  }

  private static void add(StateStore store, long from, long to) {
    for (long i = from; i <= to; i++) {
      StateModel.Step step = StateModel.step(i);
      store.add(step.entry(), step.images());
    }
    store.flush();
  }

  /** What the pages are as of a transaction; what leads to each is made up. */
  private static PageSummary summary(StateStore store, long number) {
    PageSummary summary = new PageSummary();
    long seed = store.pageSeed().orElseThrow();
    new StateModel()
        .advance(number)
        .pages
        .forEach(
            (page, image) ->
                summary.add(
                    page,
                    Lz4Codec.hash(image, seed),
                    page == 1 ? PageOwners.ROOT : 1,
                    page == 1 ? PageOwners.INTERIOR : PageOwners.LEAF));
    return summary;
  }

  /** Adds transactions, all acknowledged, and ends in order. */
  private void run(long from, long to) throws SQLException {
    open(
        store -> {
          add(store, from, to);
          store.acknowledge(StateModel.position(to).position());
          store.summarize(() -> summary(store, to), details::add);
        });
  }

  private @Nullable PageSummary read() throws SQLException {
    PageSummary[] read = new PageSummary[1];
    open(store -> read[0] = store.summary());
    return read[0];
  }

  private void change(String... statements) throws SQLException {
    try (StateFile file = StateModel.openFile(directory)) {
      for (String sql : statements) {
        file.run(sql);
      }
    }
  }

  @Test
  void whoEndsInOrderLeavesThePagesCompactedAndSummedUp() throws SQLException {
    assertThat(read()).isNull();
    run(1, 25);
    open(
        store -> {
          assertThat(StateModel.number(store.base())).isEqualTo(25);
          assertThat(store.journalBytes()).isZero();
          assertThat(StateModel.difference(store)).isEmpty();
          PageSummary summary = Objects.requireNonNull(store.summary());
          assertThat(summary).isEqualTo(summary(store, 25));
          byte[] image = new byte[StateModel.PAGE_SIZE];
          StateModel model = new StateModel().advance(25);
          for (int i = summary.size() - 1; i >= 0; i--) {
            int page = summary.pageNumber(i);
            store.loadPage(page, summary.hash(i), image);
            assertThat(image).isEqualTo(model.pages.get(page));
          }
        });
    run(26, 40);
    open(store -> assertThat(store.summary()).isEqualTo(summary(store, 40)));
  }

  @Test
  void itIsVoidOnceTheTableHasMovedOnWithoutIt() throws SQLException {
    run(1, 25);
    open(
        store -> {
          add(store, 26, 30);
          store.acknowledge(StateModel.position(30).position());
          while (store.compact(Duration.ofSeconds(1), LogKeeper.NONE)) {
            assertThat(store.journalBytes()).isPositive();
          }
        });
    assertThat(read()).isNull();
  }

  @Test
  void itHoldsWhileOnlyTheJournalGrows() throws SQLException {
    run(1, 25);
    open(
        store -> {
          add(store, 26, 30);
          store.acknowledge(StateModel.position(28).position());
          store.summarize(() -> summary(store, 30), details::add); // Not all is acknowledged.
        });
    open(
        store -> {
          assertThat(StateModel.number(store.base())).isEqualTo(25);
          assertThat(store.summary()).isEqualTo(summary(store, 25));
          assertThat(StateModel.difference(store)).isEmpty();
        });
  }

  @Test
  void itIsNotWrittenAgainWhereNothingHasMoved() throws SQLException {
    run(1, 25);
    open(
        store -> {
          assertThat(store.summary()).isNotNull();
          store.summarize(
              () -> {
                throw new AssertionError("nobody needs it");
              },
              details::add);
        });
    assertThat(read()).isNotNull();
  }

  @Test
  void nothingIsSummedUpAfterAFailure() throws SQLException {
    open(
        store -> {
          store.summarize(() -> summary(store, 0), details::add);
          assertThatThrownBy(
                  () ->
                      store.loadPages(
                          (page, image, packed) -> {
                            throw new IllegalStateException("a page too many");
                          }))
              .hasMessage("a page too many");
        });
    assertThat(read()).isNull();
  }

  @Test
  void theSummaryOfAnotherTimeIsNotBelieved() throws SQLException {
    run(1, 25);
    change("CREATE TABLE earlier AS SELECT * FROM summary");
    run(26, 30);
    change("DELETE FROM summary", "INSERT INTO summary SELECT * FROM earlier");
    assertThat(read()).isNull();
  }

  @Test
  void aDamagedOneIsNotBelieved() throws IOException, SQLException {
    run(1, 25);
    byte[] good = Files.readAllBytes(directory.stateFile());
    for (String damage :
        new String[] {
          "DELETE FROM summary WHERE id = 0",
          "DELETE FROM summary WHERE id = 1",
          "UPDATE summary SET hash = hash + 1 WHERE id = 0",
          "UPDATE summary SET hash = hash + 1 WHERE id = 1",
          "UPDATE summary SET data = substr(data, 1, length(data) - 1) WHERE id = 1",
          "UPDATE summary SET data = NULL WHERE id = 1",
          "UPDATE summary SET size = size + 1 WHERE id = 1",
          "UPDATE summary SET size = 3 WHERE id = 1",
          "UPDATE summary SET size = 1 << 30 WHERE id = 1",
          "UPDATE summary SET id = 7 WHERE id = 0",
          "INSERT INTO summary SELECT 2, hash, size, data FROM summary WHERE id = 1",
          "DROP TABLE summary",
        }) {
      Files.write(directory.stateFile(), good);
      assertThat(read()).isNotNull();
      change(damage);
      assertThat(read()).as(damage).isNull();
    }
  }

  @Test
  void aPageThatIsNotTheOneSummedUpIsRefused() throws SQLException {
    run(1, 25);
    open(
        store -> {
          PageSummary summary = Objects.requireNonNull(store.summary());
          byte[] image = new byte[StateModel.PAGE_SIZE];
          assertThatThrownBy(() -> store.loadPage(summary.pageNumber(3), summary.hash(4), image))
              .isInstanceOf(CaptureException.class)
              .hasMessageContaining("page " + summary.pageNumber(3) + " has a wrong hash");
        });
    // Another image, with the hash of that one: the row is whole, and not the one that was there.
    byte[] other = new byte[StateModel.PAGE_SIZE];
    Arrays.fill(other, (byte) 3);
    try (StateFile file = StateModel.openFile(directory);
        PreparedStatement update =
            file.prepare("UPDATE page SET data = ?, hash = ? WHERE number = 5")) {
      long seed =
          Long.parseLong(Objects.requireNonNull(StateProperties.load(file).read(PageTable.SEED)));
      update.setBytes(1, new Lz4Codec().pack(other, other.length));
      update.setLong(2, PageTable.storedHash(5, Lz4Codec.hash(other, seed)));
      update.execute();
      file.run("DELETE FROM page WHERE number = 6");
    }
    for (int page : new int[] {5, 6}) {
      open(
          store -> {
            PageSummary summary = Objects.requireNonNull(store.summary());
            assertThat(summary.pageNumber(page - 1)).isEqualTo(page);
            byte[] image = new byte[StateModel.PAGE_SIZE];
            assertThatThrownBy(() -> store.loadPage(page, summary.hash(page - 1), image))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("damaged")
                .hasMessageContaining(page == 5 ? "page 5 has a wrong hash" : "page 6 is missing");
          });
    }
  }

  @Test
  void manyPagesTakeMoreThanOneRow() throws SQLException {
    PageSummary large = large(10_000, 0);
    open(store -> store.summarize(() -> large, details::add));
    assertThat(read()).isEqualTo(large);
    try (StateFile file = StateFile.openReadOnly(directory.stateFile())) {
      assertThat(file.number("SELECT count(*) FROM summary")).isEqualTo(9);
    }
    change("DELETE FROM summary WHERE id = 3");
    assertThat(read()).isNull();
  }

  /** Of pages that nobody has; one of them changed. */
  private static PageSummary large(int pages, int changed) {
    PageSummary large = new PageSummary();
    for (int page = 1; page <= pages; page++) {
      long hash = (page == changed ? -page : page) * 0x9E3779B97F4A7C15L;
      large.add(page * 3, hash, page / 50, PageOwners.LEAF);
    }
    return large;
  }

  @Test
  void onlyTheRowsOfPagesThatChangedAreWrittenAgain() throws SQLException {
    open(store -> store.summarize(() -> large(10_000, 0), details::add));
    change(
        "CREATE TABLE written(id)",
        "CREATE TRIGGER write AFTER INSERT ON summary BEGIN INSERT INTO written VALUES(new.id);"
            + " END");
    PageSummary changed = large(10_000, 5000);
    changed.add(-5, 7, 3, PageOwners.OVERFLOW); // The largest number that a page can have, almost.
    summarizeAfterReading(1, changed);
    assertThat(written()).isEqualTo("0,4,1048576");
    assertThat(read()).isEqualTo(changed);
    PageSummary fewer = large(5000, 5000);
    summarizeAfterReading(2, fewer);
    assertThat(written()).isEqualTo("0,4");
    assertThat(read()).isEqualTo(fewer);
    try (StateFile file = StateFile.openReadOnly(directory.stateFile())) {
      assertThat(file.number("SELECT max(id) FROM summary")).isEqualTo(4);
    }
  }

  private void summarizeAfterReading(long number, PageSummary summary) throws SQLException {
    open(
        store -> {
          assertThat(store.summary()).isNotNull();
          add(store, number, number);
          store.acknowledge(StateModel.position(number).position());
          store.summarize(() -> summary, details::add);
        });
  }

  private String written() throws SQLException {
    try (StateFile file = StateModel.openFile(directory)) {
      StringJoiner ids = new StringJoiner(",");
      try (PreparedStatement select = file.prepare("SELECT id FROM written ORDER BY id");
          ResultSet row = select.executeQuery()) {
        while (row.next()) {
          ids.add(row.getString(1));
        }
      }
      file.run("DELETE FROM written");
      return ids.toString();
    }
  }

  @Test
  void aDiskWithoutRoomForItKeepsTheAcknowledgement() throws SQLException {
    open(
        store -> {
          add(store, 1, 25);
          store.acknowledge(StateModel.position(25).position());
          store.summarize(() -> large(100_000, 0), details::add);
          store.pragma("max_page_count=1"); // As many as there are.
        });
    assertThat(details)
        .singleElement()
        .asString()
        .contains("no summary of the saved pages could be kept")
        .contains("the disk is full");
    assertAcknowledgedAlone();
  }

  private void assertAcknowledgedAlone() throws SQLException {
    open(
        store -> {
          assertThat(store.acknowledged()).isEqualTo(StateModel.position(25).position());
          assertThat(store.isSettled()).isTrue();
          assertThat(StateModel.number(store.base())).isZero();
          assertThat(store.summary()).isNull();
        });
  }

  @Test
  void aJournalDamagedMeanwhileKeepsTheAcknowledgement() throws SQLException {
    open(
        store -> {
          add(store, 1, 25);
          store.acknowledge(StateModel.position(25).position());
          store.summarize(() -> summary(store, 25), details::add);
          change("UPDATE journal SET hash = hash + 1");
        });
    assertThat(details).singleElement().asString().contains("could be kept").contains("is damaged");
    assertAcknowledgedAlone();
  }

  @Test
  void anEarlierOneIsKeptWhereALaterOneFindsNoRoom() throws SQLException {
    run(1, 25);
    open(
        store -> {
          PageSummary earlier = Objects.requireNonNull(store.summary());
          add(store, 26, 30);
          store.acknowledge(StateModel.position(30).position());
          store.summarize(() -> large(100_000, 0), details::add);
          store.pragma("max_page_count=1");
          assertThat(earlier).isEqualTo(summary(store, 25));
        });
    assertThat(details).hasSize(1);
    open(
        store -> {
          assertThat(store.acknowledged()).isEqualTo(StateModel.position(30).position());
          assertThat(store.summary()).isEqualTo(summary(store, 25));
          assertThat(StateModel.difference(store)).isEmpty();
        });
  }

  @Test
  void aStateOfAnOlderVersionHasNone() throws SQLException {
    change("DROP TABLE IF EXISTS summary", "PRAGMA user_version = 2");
    open(
        store -> {
          assertThat(store.pageSeed()).isEmpty();
          assertThat(store.summary()).isNull();
          store.summarize(() -> new PageSummary(), details::add);
        });
    try (StateFile file = StateFile.openReadOnly(directory.stateFile())) {
      assertThat(file.hasTable("summary")).isFalse();
    }
  }
}
