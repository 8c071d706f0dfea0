// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureException;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.PageSummary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** States that were closed, read without SQLite: what the store left, or nothing. */
class ClosedStateReaderTest {
  private static final long SEED = Long.getLong("waltap.seed", new Random().nextLong());
  private static final int ROUNDS = Integer.getInteger("corruption.rounds", 2000);
  private static final int MOST = 1 << 16;

  @TempDir Path temp;

  private StateDirectory directory() {
    return StateDirectory.at(temp.resolve("state"));
  }

  /** What a state has that was closed. */
  private record Left(ClosedState state, PageSummary summary, StateModel model) {}

  /** What the pages of a model are; what leads to each is made up. */
  private static PageSummary summary(Map<Integer, byte[]> pages, long seed) {
    PageSummary summary = new PageSummary();
    pages.forEach(
        (page, image) ->
            summary.add(
                page,
                Lz4Codec.hash(image, seed),
                page == 1 ? PageOwners.ROOT : 1,
                page == 1 ? PageOwners.INTERIOR : PageOwners.LEAF));
    return summary;
  }

  /** A state whose transactions up to this one are all acknowledged, closed in order. */
  private Left close(long upTo) {
    StateDirectory directory = directory();
    directory.create();
    StateModel model = new StateModel().advance(upTo);
    try (StateLock lock = directory.hold("test")) {
      StateStore store = directory.exists() ? StateStore.open(lock) : StateModel.create(lock);
      PageSummary summary = summary(model.pages, store.pageSeed().orElseThrow());
      try (store) {
        for (long i = StateModel.number(store.end()) + 1; i <= upTo; i++) {
          StateModel.Step step = StateModel.step(i);
          store.add(step.entry(), step.images());
        }
        store.property("filters", "those of " + upTo);
        store.flush();
        store.acknowledge(store.end().position());
        store.summarize(() -> summary, detail -> {});
      }
      return new Left(Objects.requireNonNull(store.closed()), summary, model);
    }
  }

  private @Nullable ClosedStateReader open() {
    return ClosedStateReader.open(directory(), MOST, "test");
  }

  private boolean isRefused() {
    try (ClosedStateReader reader = open()) {
      return reader == null;
    } finally {
      Path lock = directory().lockFile();
      assertThat(StateLock.holderOf(lock)).as("nobody holds it any more").isNull();
    }
  }

  private static void isWhatWasLeft(ClosedStateReader reader, Left left) {
    ClosedState read = reader.state();
    assertThat(read.database()).isEqualTo(left.state.database());
    assertThat(read.stream()).isEqualTo(left.state.stream());
    assertThat(read.end()).isEqualTo(left.state.end());
    assertThat(read.maxEpoch()).isEqualTo(left.state.maxEpoch());
    assertThat(read.pageSeed()).isEqualTo(left.state.pageSeed());
    assertThat(read.header()).isEqualTo(left.state.header());
    assertThat(reader.summary()).isEqualTo(left.summary);
  }

  private static int load(ClosedStateReader reader, Left left) {
    byte[] image = new byte[StateModel.PAGE_SIZE];
    int loaded = 0;
    for (Map.Entry<Integer, byte[]> page : left.model.pages.entrySet()) {
      long hash = Lz4Codec.hash(page.getValue(), left.state.pageSeed());
      try {
        reader.loadPage(page.getKey(), hash, image);
      } catch (CaptureException e) {
        continue;
      }
      loaded++;
      assertThat(image).isEqualTo(page.getValue());
    }
    return loaded;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 10, 90, 300})
  void readsWhatTheStoreLeft(long upTo) {
    assertThat(close(upTo / 2)).isNotNull();
    Left left = close(upTo);
    try (ClosedStateReader reader = Objects.requireNonNull(open())) {
      isWhatWasLeft(reader, left);
      assertThat(reader.state().rootPage).isEqualTo(left.state.rootPage);
      assertThat(reader.state().isOf(Objects.requireNonNull(FileMark.of(directory().stateFile()))))
          .isTrue();
      assertThat(reader.property("filters")).isEqualTo("those of " + upTo);
      assertThat(reader.property("other")).isNull();
      assertThat(load(reader, left)).isEqualTo(left.model.pages.size());
      assertThat(open()).as("it is held").isNull();
    }
    assertThat(directory().logSize()).isZero();
  }

  @Test
  void whatIsReadCanBeAddedTo() {
    Left left = close(10);
    for (long i = 11; i <= 14; i++) {
      ClosedState state;
      try (ClosedStateReader reader = Objects.requireNonNull(open())) {
        state = reader.state();
        assertThat(state.append("turn")).as("it is held").isNull();
      }
      try (StateAppender appender = Objects.requireNonNull(state.append("turn"))) {
        StateModel.Step step = StateModel.step(i);
        appender.add(step.entry(), step.images());
        appender.acknowledge(step.entry().position().position());
      }
      assertThat(isRefused()).as("it was added to").isTrue();
      left = close(i);
    }
    try (StateLock lock = directory().hold("test");
        StateStore store = StateStore.open(lock)) {
      assertThat(StateModel.number(store.end())).isEqualTo(14);
      assertThat(StateModel.difference(store)).isEmpty();
      assertThat(store.summary()).isEqualTo(left.summary);
    }
  }

  @Test
  void readsASummaryOfManyRows() throws IOException {
    StateDirectory directory = directory();
    directory.create();
    PageSummary summary = new PageSummary();
    try (StateLock lock = directory.hold("test");
        BaselineWriter writer =
            BaselineWriter.create(
                lock,
                StateModel.identity(Path.of("/db/app.db")),
                StateModel.position(0),
                true,
                SEED)) {
      Random random = new Random(SEED);
      byte[] image = new byte[StateModel.PAGE_SIZE];
      for (int page = 1; page < 20_000; page += 1 + random.nextInt(2)) {
        image[random.nextInt(20)] = (byte) random.nextInt();
        writer.put(page, image);
        summary.add(page, Lz4Codec.hash(image, SEED), page, PageOwners.LEAF);
      }
      try (StateStore store = writer.finish()) {
        store.summarize(() -> summary, detail -> {});
      }
    }
    try (ClosedStateReader reader = Objects.requireNonNull(open())) {
      assertThat(reader.summary()).isEqualTo(summary);
    }
    assertThat(ClosedStateReader.open(directory, summary.size() - 1, "test")).isNull();
    assertThat(isRefused()).isFalse();
  }

  /** Makes something of a state that was closed, or of what is beside it. */
  private interface Change {
    void of(StateDirectory directory) throws IOException, SQLException;
  }

  private static Arguments refused(String what, Change change) {
    return Arguments.of(what, change);
  }

  private static Arguments sql(String what, String statements) {
    return refused(
        what,
        directory -> {
          try (StateFile file = StateModel.openFile(directory)) {
            file.run(statements);
          }
        });
  }

  private static void set(Path file, int offset, int value) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[offset] = (byte) value;
    Files.write(file, bytes);
  }

  /** Works with the state, and closes it. */
  private static void run(StateDirectory directory, boolean acknowledged) {
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      StateModel.Step step = StateModel.step(StateModel.number(store.end()) + 1);
      store.add(step.entry(), step.images());
      store.flush();
      if (acknowledged) {
        store.acknowledge(store.end().position());
      }
    }
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        refused("not all is acknowledged", directory -> run(directory, false)),
        refused("not all is compacted", directory -> run(directory, true)),
        sql("there is no summary", "DROP TABLE summary"),
        sql("a row of the summary is missing", "DELETE FROM summary WHERE id = 1"),
        sql("a row of the summary has a wrong hash", "UPDATE summary SET hash = hash + 1"),
        sql("a row of the summary has other data", "UPDATE summary SET data = x'05' WHERE id = 1"),
        sql("the head is missing", "DELETE FROM head"),
        sql("the head has a wrong hash", "UPDATE head SET commits = commits + 1"),
        sql("the head has a wrong hash, too", "UPDATE head SET digest = 0"),
        sql("the head has no end", "UPDATE head SET last = NULL"),
        sql("the head has a text for a number", "UPDATE head SET pages = 'many'"),
        sql("the origin is missing", "DELETE FROM origin"),
        sql("the origin has a wrong hash", "UPDATE origin SET path = '/db/other.db'"),
        sql("the origin has no such encoding", "UPDATE origin SET encoding = 'UTF_7'"),
        sql("the seed is missing", "DELETE FROM note WHERE name = 'page hash seed'"),
        sql("the seed has a wrong hash", "UPDATE note SET value = '1' WHERE name LIKE '%seed'"),
        sql("there is no table of properties", "DROP TABLE note"),
        sql("the journal has a row", "INSERT INTO journal(id) VALUES(1)"),
        sql("there is no journal", "DROP TABLE journal"),
        sql("the version is one without a seed", "PRAGMA user_version=2"),
        sql("the version is a newer one", "PRAGMA user_version=4"),
        sql("it is another program's", "PRAGMA application_id=5"),
        sql("it has no log, and never had one", "PRAGMA journal_mode=DELETE"),
        refused("it is not there", directory -> Files.delete(directory.stateFile())),
        refused("it is empty", directory -> Files.write(directory.stateFile(), new byte[0])),
        refused(
            "it is cut off",
            directory ->
                Files.write(
                    directory.stateFile(),
                    Arrays.copyOf(Files.readAllBytes(directory.stateFile()), 8192))),
        refused(
            "it has a log",
            directory ->
                Files.write(directory.path().resolve("state.db-wal"), new byte[] {1, 2, 3})),
        refused(
            "it has a rollback journal", directory -> Files.createFile(directory.rollbackFile())),
        refused(
            "something was added to it",
            directory -> Files.write(directory.tailFile(), new byte[] {1})),
        refused("the witness is missing", directory -> Files.delete(directory.commitCountFile())),
        refused("the witness is damaged", directory -> set(directory.commitCountFile(), 0, 77)),
        refused(
            "the witness has seen more commits",
            directory -> {
              Path file = directory.commitCountFile();
              long nonce = ByteBuffer.wrap(Files.readAllBytes(file)).getLong();
              Files.delete(file);
              CommitCountFile.create(file, nonce);
              try (CommitCountFile open = CommitCountFile.open(directory, nonce, 0)) {
                open.write(nonce, 1_000);
              }
            }),
        refused("there is no lock file", directory -> Files.delete(directory.lockFile())));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void readsNothingIfAnythingIsNotAsItHasToBe(String what, Change change) throws Exception {
    close(10);
    assertThat(isRefused()).as("before").isFalse();
    change.of(directory());
    assertThat(isRefused()).as(what).isTrue();
  }

  @Test
  void readsWhatWasChangedInNothingThatCounts() throws SQLException {
    Left left = close(10);
    try (StateFile file = StateModel.openFile(directory())) {
      file.run("UPDATE page SET hash = hash; INSERT INTO note VALUES('more', NULL, 0); ANALYZE");
    }
    try (ClosedStateReader reader = Objects.requireNonNull(open())) {
      isWhatWasLeft(reader, left);
    }
  }

  @Test
  void readsNothingThatSomebodyElseHolds() {
    close(10);
    try (StateLock lock = directory().hold("test")) {
      assertThat(lock.directory().path()).isEqualTo(directory().path());
      assertThat(open()).isNull();
    }
    assertThat(isRefused()).isFalse();
  }

  /** Whoever looks at a state has it open for a moment, and may leave an empty log. */
  @Test
  void readsWhatSomebodyHasLookedAt() throws IOException {
    Left left = close(10);
    assertThat(StateStatus.of(directory()).end()).isEqualTo(left.state.end());
    Files.write(directory().path().resolve("state.db-wal"), new byte[0], StandardOpenOption.CREATE);
    assertThat(isRefused()).isFalse();
  }

  @Test
  void damageGivesNothingOrWhatWasLeft() throws IOException {
    Left left = close(40);
    Path file = directory().stateFile();
    byte[] sound = Files.readAllBytes(file);
    Random random = new Random(SEED);
    int refused = 0;
    int read = 0;
    int loaded = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = sound.clone();
      for (int flips = random.nextInt(4) == 0 ? 1 + random.nextInt(60) : 1; flips > 0; flips--) {
        // The small tables have the first pages, and pages say what they hold at their begin.
        int pages = random.nextBoolean() ? 8 : damaged.length / 2048;
        int at = random.nextInt(pages) * 2048 + random.nextInt(random.nextBoolean() ? 120 : 2048);
        damaged[at] =
            (byte) (random.nextBoolean() ? random.nextInt() : damaged[at] ^ 1 << random.nextInt(8));
      }
      Files.write(file, damaged);
      try (ClosedStateReader reader = open()) {
        if (reader == null) {
          refused++;
        } else {
          read++;
          isWhatWasLeft(reader, left);
          loaded += load(reader, left) > 0 ? 1 : 0;
        }
      } catch (RuntimeException | Error e) {
        throw new AssertionError("-Dwaltap.seed=" + SEED + ", round " + round, e);
      }
    }
    assertThat(refused).isGreaterThan(ROUNDS / 10);
    assertThat(loaded).isLessThanOrEqualTo(read).isGreaterThan(ROUNDS / 10);
  }
}
