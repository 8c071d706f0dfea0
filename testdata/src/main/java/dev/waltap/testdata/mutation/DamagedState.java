// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.api.CaptureException;
import dev.waltap.state.StateDirectory;
import dev.waltap.state.StateLock;
import dev.waltap.state.StateStatus;
import dev.waltap.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Opens a state directory one of whose files is damaged, cut, of another time, or gone. It is
 * refused, or what it holds is what was saved.
 */
final class DamagedState implements Layer {
  private final Path directory;
  private final List<SavedState> states;

  DamagedState(Corpus corpus, Path directory) throws IOException {
    this.directory = directory.resolve("state");
    RecordedDatabase base = corpus.all().get(1);
    this.states = SavedState.save(base, this.directory);
  }

  @Override
  public boolean run(Random random) throws IOException {
    int which = random.nextInt(states.size());
    SavedState state = states.get(which);
    StateDirectory target = StateDirectory.at(directory);
    target.create();
    Map<String, byte[]> files = state.files();
    String name = List.copyOf(files.keySet()).get(random.nextInt(files.size()));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().equals(name)) {
        byte[] other = states.get((which + 1) % states.size()).database();
        damage(name, file.getValue(), other, random);
      } else {
        Files.write(directory.resolve(file.getKey()), file.getValue());
      }
    }
    try {
      StateStatus.of(target);
    } catch (CaptureException e) {
      // Looked at only: what it says of a state that can't be opened is no promise.
    }
    try (StateLock lock = target.hold("mutation");
        StateStore store = StateStore.open(lock)) {
      state.compare(store);
      return true;
    } catch (CaptureException e) {
      return false;
    } finally {
      for (String left : List.of("state.db", "state.db-wal", "state.db-shm", "witness", "tail")) {
        Files.deleteIfExists(directory.resolve(left));
      }
    }
  }

  private void damage(String name, byte[] whole, byte[] other, Random random) throws IOException {
    byte[] bytes = whole.clone();
    switch (random.nextInt(8)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> {
        return; // It is gone.
      }
      default -> new Mutation(random).damage(bytes, random.nextBoolean() ? other : whole);
    }
    Files.write(directory.resolve(name), bytes);
  }
}
