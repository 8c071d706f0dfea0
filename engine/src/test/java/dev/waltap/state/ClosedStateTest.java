// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import dev.waltap.btree.PageOwners;
import dev.waltap.btree.PageSummary;
import dev.waltap.page.PageBuffers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that are added to a state without opening its file. */
class ClosedStateTest {
  @TempDir Path temp;
  private StateDirectory directory = StateDirectory.at(Path.of("none"));

  @BeforeEach
  void setUp() {
    directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
  }

  /** What the pages are as of the end of the store. */
  static void summarize(StateStore store) {
    long seed = store.pageSeed().orElseThrow();
    PageSummary summary = new PageSummary();
    new StateModel()
        .advance(StateModel.number(store.end()))
        .pages
        .forEach(
            (page, image) ->
                summary.add(
                    page,
                    Lz4Codec.hash(image, seed),
                    page == 1 ? PageOwners.ROOT : 1,
                    page == 1 ? PageOwners.INTERIOR : PageOwners.LEAF));
    store.summarize(() -> summary, detail -> {});
  }

  /** A state whose transactions up to this one are all acknowledged, closed in order. */
  private ClosedState close(long upTo) {
    try (StateLock lock = directory.hold("test")) {
      StateStore store = directory.exists() ? StateStore.open(lock) : StateModel.create(lock);
      try (store) {
        for (long i = StateModel.number(store.end()) + 1; i <= upTo; i++) {
          StateModel.Step step = StateModel.step(i);
          store.add(step.entry(), step.images());
        }
        store.flush();
        store.acknowledge(store.end().position());
        summarize(store);
      }
      return Objects.requireNonNull(store.closed());
    }
  }

  private static void append(ClosedState closed, long from, long to) {
    for (long i = from; i <= to; i++) {
      try (StateAppender appender = Objects.requireNonNull(closed.append("turn"))) {
        StateModel.Step step = StateModel.step(i);
        appender.add(step.entry(), step.images());
        appender.acknowledge(step.entry().position().position());
      }
    }
  }

  private void isAsOf(long end, long acknowledged) {
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      assertThat(StateModel.number(store.end())).isEqualTo(end);
      assertThat(store.acknowledged()).isEqualTo(StateModel.position(acknowledged).position());
      assertThat(store.maxEpoch()).isEqualTo(StateModel.position(end).epoch());
      assertThat(StateModel.difference(store)).isEmpty();
      assertThat(directory.tailFile()).isEmptyFile();
    }
    assertThat(directory.logSize()).isZero();
  }

  @Test
  void whatIsAddedIsThereWhenTheStateIsOpened() throws IOException {
    ClosedState closed = close(10);
    assertThat(StateModel.number(closed.end())).isEqualTo(10);
    append(closed, 11, 60);
    assertThat(StateModel.number(closed.end())).isEqualTo(60);
    assertThat(closed.maxEpoch()).isEqualTo(2);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.tailFile())))
        .isEqualTo("rw-------");
    isAsOf(60, 60);
    isAsOf(60, 60);
    assertThat(closed.append("turn")).isNull();
  }

  @Test
  void whatIsNotAcknowledgedIsHandedOutAgain() {
    ClosedState closed = close(10);
    append(closed, 11, 13);
    try (StateAppender appender = Objects.requireNonNull(closed.append("turn"))) {
      StateModel.Step step = StateModel.step(14);
      appender.add(step.entry(), step.images());
    }
    assertThat(closed.append("turn")).isNull();
    isAsOf(14, 13);
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      assertThat(replayed(store)).containsExactly("11", "12", "13", "14!");
    }
  }

  private static List<String> replayed(StateStore store) {
    List<String> all = new ArrayList<>();
    store.replay(
        new PageBuffers(StateModel.PAGE_SIZE),
        new JournalEntry.Receiver() {
          @Override
          public void begin(JournalEntry entry, boolean acknowledged) {
            all.add(StateModel.number(entry.position()) + (acknowledged ? "" : "!"));
          }

          @Override
          public void page(int pageNumber, byte[] image) {}

          @Override
          public void end() {}
        });
    return all;
  }

  @Test
  void pagesAreThoseBeforeTheTransactionThatIsAdded() {
    ClosedState closed = close(10);
    StateModel model = new StateModel().advance(10);
    for (long i = 11; i <= 40; i++) {
      try (StateAppender appender = Objects.requireNonNull(closed.append("turn"))) {
        StateModel.Step step = StateModel.step(i);
        areLoaded(closed, appender, model);
        appender.add(step.entry(), step.images());
        areLoaded(closed, appender, model);
        appender.acknowledge(step.entry().position().position());
      }
      model.advance(i);
    }
  }

  private static void areLoaded(ClosedState closed, StateAppender appender, StateModel model) {
    byte[] image = new byte[StateModel.PAGE_SIZE];
    for (Map.Entry<Integer, byte[]> page : new TreeMap<>(model.pages).entrySet()) {
      long hash = Lz4Codec.hash(page.getValue(), closed.pageSeed());
      appender.loadPage(page.getKey(), hash, image);
      assertThat(image).isEqualTo(page.getValue());
      assertThatThrownBy(() -> appender.loadPage(page.getKey(), hash + 1, image))
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("page " + page.getKey() + " has a wrong hash");
    }
  }
}
