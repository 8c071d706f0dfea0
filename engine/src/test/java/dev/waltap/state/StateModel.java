// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.format.Bytes;
import dev.waltap.format.TextEncoding;
import dev.waltap.page.PageBuffers;
import dev.waltap.wal.WalPosition;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Transactions that follow from their number alone, and what a state must hold after each. */
final class StateModel {
  static final int PAGE_SIZE = 1024;
  private static final int PAGES = 60;
  private static final int PER_EPOCH = 50;

  final TreeMap<Integer, byte[]> pages = new TreeMap<>();
  private long number;

  /** As of the baseline: transaction 0. */
  StateModel() {
    Random random = new Random(0);
    for (int page = 1; page <= PAGES; page++) {
      pages.put(page, image(random));
    }
  }

  /** What one transaction does. */
  record Step(JournalEntry entry, Map<Integer, byte[]> written) {

    JournalEntry.Pages images() {
      return sink -> written.forEach(sink::put);
    }
  }

  static Step step(long number) {
    Random random = new Random(number);
    Map<Integer, byte[]> written = new TreeMap<>();
    int databaseSize = PAGES + random.nextInt(40);
    int count = random.nextInt(40) == 0 ? 700 : random.nextInt(6);
    for (int i = 0; i < count; i++) {
      int page = 1 + (count > 6 ? i % databaseSize : random.nextInt(databaseSize));
      written.put(page, image(random));
    }
    return new Step(new JournalEntry(position(number), 1_000_000 + number, databaseSize), written);
  }

  static LogPosition position(long number) {
    int epoch = (int) (1 + number / PER_EPOCH);
    int frame = (int) (1 + number % PER_EPOCH * 3);
    return new LogPosition(
        epoch,
        new WalPosition(
            Bytes.pair(epoch * 31, -epoch), frame, Bytes.pair(frame * 7, -frame), (int) number));
  }

  static long number(LogPosition position) {
    return position.wal().changeCounter();
  }

  static DatabaseIdentity identity(Path database) {
    return new DatabaseIdentity(database, "(dev=1,ino=2)", PAGE_SIZE, TextEncoding.UTF_8, 0);
  }

  /** A new state with the baseline of this model. */
  static StateStore create(StateLock lock) {
    long seed = new SecureRandom().nextLong();
    try (BaselineWriter writer =
        BaselineWriter.create(lock, identity(Path.of("/db/app.db")), position(0), true, seed)) {
      new StateModel().pages.forEach(writer::put);
      return writer.finish();
    }
  }

  /** Moves on to the state after this transaction. */
  StateModel advance(long to) {
    while (number < to) {
      Step step = step(++number);
      pages.putAll(step.written());
      pages.tailMap(step.entry().databaseSize(), false).clear();
    }
    return this;
  }

  /** Says what of the store differs from what it must hold; empty for nothing. */
  static String difference(StateStore store) {
    TreeMap<Integer, byte[]> loaded = new TreeMap<>();
    PageBuffers buffers = new PageBuffers(PAGE_SIZE);
    store.loadPages((page, image, packed) -> loaded.put(page, image.clone()));
    StateModel model = new StateModel().advance(number(store.base()));
    if (!equal(loaded, model.pages)) {
      return "the pages of the base differ";
    }
    Check check = new Check(model.number);
    store.replay(buffers, check);
    if (check.number != number(store.end())) {
      return "the journal ends at " + check.number + ", not at " + number(store.end());
    }
    return check.difference;
  }

  static boolean equal(Map<Integer, byte[]> one, Map<Integer, byte[]> other) {
    return one.keySet().equals(other.keySet())
        && one.keySet().stream().allMatch(page -> Arrays.equals(one.get(page), other.get(page)));
  }

  private static byte[] image(Random random) {
    byte[] image = new byte[PAGE_SIZE];
    random.nextBytes(image);
    // Half of it compresses.
    Arrays.fill(image, random.nextInt(PAGE_SIZE), PAGE_SIZE, (byte) 0);
    return image;
  }

  /** Compares the journal with the model. */
  private static final class Check implements JournalEntry.Receiver {
    private final Map<Integer, byte[]> written = new TreeMap<>();
    private long number;
    private String difference = "";
    private JournalEntry entry = step(0).entry();

    Check(long number) {
      this.number = number;
    }

    @Override
    public void begin(JournalEntry begun, boolean acknowledged) {
      entry = begun;
      written.clear();
    }

    @Override
    public void page(int pageNumber, byte[] image) {
      written.put(pageNumber, image);
    }

    @Override
    public void end() {
      Step step = step(++number);
      if (!step.entry().equals(entry) || !equal(step.written(), written)) {
        difference = "transaction " + number + " differs";
      }
    }
  }

  /** The file of a state that nobody works with, in no transaction. */
  static StateFile openFile(StateDirectory directory) throws SQLException {
    return openFile(directory.stateFile());
  }

  /** The same of a file anywhere. */
  static StateFile openFile(Path path) throws SQLException {
    StateFile file = StateFile.openReading(path);
    file.endReading();
    return file;
  }
}
