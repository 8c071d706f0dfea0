// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.format.TextEncoding;
import dev.waltap.page.PageBuffers;
import dev.waltap.state.BaselineWriter;
import dev.waltap.state.ClosedState;
import dev.waltap.state.DatabaseIdentity;
import dev.waltap.state.JournalEntry;
import dev.waltap.state.LogPosition;
import dev.waltap.state.StateAppender;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateLock;
import dev.waltap.state.StateStore;
import dev.waltap.wal.LogKeeper;
import dev.waltap.wal.WalPosition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of a state, and what was saved in them: the transactions of a recorded database, of
 * which two are compacted into the page table.
 *
 * @param files by name
 * @param acknowledged how many of the transactions were
 */
record SavedState(RecordedDatabase base, Map<String, byte[]> files, int acknowledged) {
  private static final int COMPACTED = 2;

  /** The database that the state is. */
  byte[] database() {
    return Objects.requireNonNull(files.get("state.db"));
  }

  /**
   * One state as a capture leaves it that is killed, the same after it was closed, and one to which
   * transactions were added while it was closed.
   */
  static List<SavedState> save(RecordedDatabase base, Path path) throws IOException {
    List<SavedState> states = new ArrayList<>(killedAndClosed(base, path));
    states.add(addedTo(base, path));
    return states;
  }

  private static List<SavedState> killedAndClosed(RecordedDatabase base, Path path)
      throws IOException {
    StateDirectory directory = StateDirectory.at(path);
    directory.create();
    Map<String, byte[]> killed;
    try (StateLock lock = directory.hold("mutation");
        StateStore store = baseline(base, lock)) {
      for (int i = 1; i <= base.transactions().size(); i++) {
        RecordedDatabase.Written written = base.transactions().get(i - 1);
        store.add(entry(base, i), sink -> written.pages().forEach(sink::put));
        store.flush();
        if (i == COMPACTED) {
          store.acknowledge(position(i).position());
          store.compact(Duration.ofSeconds(1), LogKeeper.NONE);
        }
      }
      killed = read(path);
    }
    List<SavedState> states =
        List.of(
            new SavedState(base, killed, COMPACTED), new SavedState(base, read(path), COMPACTED));
    directory.remove();
    return states;
  }

  /** All of what was added is acknowledged, but for the last transaction. */
  private static SavedState addedTo(RecordedDatabase base, Path path) throws IOException {
    StateDirectory directory = StateDirectory.at(path);
    directory.create();
    ClosedState closed = closed(base, directory);
    int last = base.transactions().size();
    for (int i = COMPACTED + 1; i <= last; i++) {
      RecordedDatabase.Written written = base.transactions().get(i - 1);
      try (StateAppender appender = Objects.requireNonNull(closed.append("mutation"))) {
        appender.add(entry(base, i), sink -> written.pages().forEach(sink::put));
        if (i < last) {
          appender.acknowledge(position(i).position());
        }
      }
    }
    SavedState state = new SavedState(base, read(path), last - 1);
    directory.remove();
    return state;
  }

  private static ClosedState closed(RecordedDatabase base, StateDirectory directory) {
    try (StateLock lock = directory.hold("mutation")) {
      StateStore store = baseline(base, lock);
      try (store) {
        for (int i = 1; i <= COMPACTED; i++) {
          RecordedDatabase.Written written = base.transactions().get(i - 1);
          store.add(entry(base, i), sink -> written.pages().forEach(sink::put));
        }
        store.flush();
        store.acknowledge(position(COMPACTED).position());
        store.compact(Duration.ofSeconds(1), LogKeeper.NONE);
      }
      return Objects.requireNonNull(store.closed());
    }
  }

  private static StateStore baseline(RecordedDatabase base, StateLock lock) {
    DatabaseIdentity identity =
        new DatabaseIdentity(
            Path.of("/db/app.db"), "(dev=1,ino=2)", base.pageSize(), TextEncoding.UTF_8, 0);
    try (BaselineWriter writer = BaselineWriter.create(lock, identity, position(0), true, 7)) {
      for (int page = 1; page <= base.pageCount(0); page++) {
        writer.put(page, base.page(0, page));
      }
      return writer.finish();
    }
  }

  private static JournalEntry entry(RecordedDatabase base, int number) {
    return new JournalEntry(
        position(number), 1_000_000L + number, base.transactions().get(number - 1).databaseSize());
  }

  private static LogPosition position(int number) {
    return new LogPosition(1, new WalPosition(31, 1 + number, number * 7L, number));
  }

  private static Map<String, byte[]> read(Path directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> listed = Files.list(directory)) {
      for (Path file : listed.toList()) {
        String name = file.getFileName().toString();
        if (!name.equals("lock") && !name.endsWith("-shm")) {
          files.put(name, Files.readAllBytes(file));
        }
      }
    }
    return files;
  }

  /** Fails if a store that was opened holds anything else than what was saved. */
  void compare(StateStore store) {
    int last = base.transactions().size();
    require(store.end().equals(position(last)), "end " + store.end());
    require(
        position(acknowledged).position().equals(store.acknowledged()), "acknowledged position");
    require(store.base().equals(position(COMPACTED)), "base " + store.base());
    PageBuffers buffers = new PageBuffers(base.pageSize());
    Map<Integer, byte[]> loaded = new HashMap<>();
    store.loadPages((page, image, packed) -> loaded.put(page, image.clone()));
    require(loaded.size() == base.pageCount(COMPACTED), "pages");
    loaded.forEach(
        (page, image) -> require(Arrays.equals(image, base.page(COMPACTED, page)), "page " + page));
    Compared compared = new Compared(base, acknowledged);
    store.replay(buffers, compared);
    require(compared.number == last, "journal");
  }

  private static void require(boolean right, String what) {
    if (!right) {
      throw new AssertionError("the state was accepted with a wrong " + what);
    }
  }

  /** Compares the journal with what was journalled. */
  private static final class Compared implements JournalEntry.Receiver {
    private final RecordedDatabase base;
    private final Map<Integer, byte[]> pages = new TreeMap<>();
    private final int upTo;
    private int number = COMPACTED;

    Compared(RecordedDatabase base, int upTo) {
      this.base = base;
      this.upTo = upTo;
    }

    @Override
    public void begin(JournalEntry entry, boolean acknowledged) {
      number++;
      require(acknowledged == number <= upTo, "acknowledgement of " + number);
      require(entry.equals(entry(base, number)), "transaction " + number);
      pages.clear();
    }

    @Override
    public void page(int pageNumber, byte[] image) {
      pages.put(pageNumber, image);
    }

    @Override
    public void end() {
      Map<Integer, byte[]> written = base.transactions().get(number - 1).pages();
      require(pages.keySet().equals(written.keySet()), "journal of transaction " + number);
      pages.forEach(
          (page, image) -> require(Arrays.equals(image, written.get(page)), "journalled page"));
    }
  }
}
