// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.api.CaptureException;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.DatabaseException;
import dev.waltap.inspect.WalInspection;
import dev.waltap.testdata.model.ExpectedChange;
import dev.waltap.testdata.model.Scratch;
import dev.waltap.testdata.model.Snapshot;
import dev.waltap.testdata.model.SnapshotDiff;
import dev.waltap.testdata.oracle.ExactChanges;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Commits one damaged transaction. If SQLite's integrity_check has nothing against the database
 * that it makes, the changes decoded are those between what SQLite reads before and after.
 */
final class DamagedCommit implements Layer {
  private final Corpus corpus;
  private final InspectedFiles files;
  private final SqliteJudge judge;
  private final IdentityHashMap<byte[], Snapshot> before = new IdentityHashMap<>();

  DamagedCommit(Corpus corpus, Path directory) throws IOException, SQLException {
    this.corpus = corpus;
    this.files = new InspectedFiles(directory.resolve("commit.db"), true);
    this.judge = new SqliteJudge();
  }

  @Override
  public boolean run(Random random) throws Exception {
    RecordedDatabase base = corpus.any(random);
    int version = random.nextInt(base.transactions().size());
    RecordedDatabase.Written damaged = Mutation.damaged(base, version, random);
    byte[] whole = base.versions().get(version);
    byte[] wal = Log.of(List.of(damaged), base.pageSize(), random.nextInt(1 << 20));
    byte[] index = Log.index(wal, base.pageSize(), Log.frames(wal, base.pageSize()), 1);
    files.write(whole, wal, index, new byte[CheckpointInfo.SIZE]);
    InspectedChanges changes = new InspectedChanges(1);
    String refusal = inspect(changes);
    Snapshot after = judge.read(RecordedDatabase.apply(whole, damaged, base.pageSize()));
    if (after == null) {
      return refusal == null;
    }
    if (refusal != null) {
      throw new AssertionError("refused what SQLite finds nothing wrong with: " + refusal);
    }
    Snapshot old = before.get(whole);
    if (old == null) {
      old = judge.read(whole);
      if (old == null) {
        throw new AssertionError("a recorded database is damaged");
      }
      before.put(whole, old);
    }
    try (Scratch scratch = new Scratch(old.charset())) {
      List<ExpectedChange> expected = SnapshotDiff.between(old, after, scratch);
      ExactChanges.check(expected, changes.changes(), after.charset());
    }
    return true;
  }

  private @Nullable String inspect(InspectedChanges changes) throws IOException {
    try (WalInspection inspection = WalInspection.open(files.path())) {
      inspection.describe(changes);
      return changes.failure();
    } catch (DatabaseException | CaptureException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public void close() throws IOException, SQLException {
    files.close();
    judge.close();
  }
}
