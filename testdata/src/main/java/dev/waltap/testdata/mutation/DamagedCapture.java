// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureException;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.state.StateDirectory;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotDiff;
import dev.waltap.testdata.model.SnapshotReader;
import dev.waltap.testdata.oracle.ExactChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Commits a damaged transaction into a live database whose state was set up before, and captures
 * it. If SQLite finds nothing wrong, the changes are those between what it reads before and after.
 */
final class DamagedCapture implements Layer {
  private final Corpus corpus;
  private final Path path;
  private final Path state;

  DamagedCapture(Corpus corpus, Path directory) {
    this.corpus = corpus;
    this.path = directory.resolve("capture.db");
    this.state = directory.resolve("capture-state");
  }

  @Override
  public boolean run(Random random) throws Exception {
    RecordedDatabase base = corpus.any(random);
    int version = random.nextInt(base.transactions().size());
    RecordedDatabase.Written damaged = Mutation.damaged(base, version, random);
    try (FileBytes file = new FileBytes(path)) {
      file.set(base.versions().get(version), base.versions().get(version).length);
    }
    List<Change> changes = new ArrayList<>();
    Connection keeper = TestDatabase.open(path);
    TestDatabase.execute(keeper, "PRAGMA wal_autocheckpoint = 0", "PRAGMA user_version = 1");
    Snapshot before = new SnapshotReader(keeper, table -> true).read();
    ForgedCommit forged = new ForgedCommit(path);
    try {
      try (ChangeDataCapture capture = capture(changes)) {
        capture.setup();
      }
      forged.commit(damaged.pages(), damaged.databaseSize(), base.pageSize());
      String refusal = run(changes);
      Snapshot after = read();
      if (after == null) {
        return refusal == null;
      }
      if (refusal != null) {
        throw new AssertionError("refused what SQLite finds nothing wrong with: " + refusal);
      }
      try (Scratch scratch = new Scratch(before.charset())) {
        ExactChanges.check(SnapshotDiff.between(before, after, scratch), changes, before.charset());
      }
      return true;
    } finally {
      remove(keeper, forged);
    }
  }

  private ChangeDataCapture capture(List<Change> changes) {
    return Waltap.open(path).stateDirectory(state).once(true).handler(changes::addAll).build();
  }

  private @Nullable String run(List<Change> changes) {
    try (ChangeDataCapture capture = capture(changes)) {
      capture.cdc();
      return null;
    } catch (CaptureException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Reads by a connection that knows nothing of the schema before; null if SQLite can't. */
  private @Nullable Snapshot read() {
    try (Connection connection = TestDatabase.open(path)) {
      return SqliteJudge.read(connection);
    } catch (SQLException e) {
      return null;
    }
  }

  private void remove(Connection keeper, ForgedCommit forged) throws IOException {
    try {
      keeper.close();
    } catch (SQLException e) {
      // Its checkpoint may find the damage.
    }
    forged.close();
    StateDirectory.at(state).remove();
    Files.deleteIfExists(Path.of(path + "-wal"));
    Files.deleteIfExists(Path.of(path + "-shm"));
  }
}
