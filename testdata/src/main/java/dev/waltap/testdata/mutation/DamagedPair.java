// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.api.CaptureException;
import dev.waltap.format.CheckpointInfo;
import dev.waltap.format.DatabaseException;
import dev.waltap.format.WalIndexHeader;
import dev.waltap.inspect.LogLag;
import dev.waltap.inspect.WalInspection;
import dev.waltap.wal.WalPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** Inspects a database and its WAL, with and without a wal-index, one of which is damaged. */
final class DamagedPair implements Layer {
  private final Corpus corpus;
  private final InspectedFiles copied;
  private final InspectedFiles live;

  DamagedPair(Corpus corpus, Path directory) throws IOException {
    this.corpus = corpus;
    this.copied = new InspectedFiles(directory.resolve("copied.db"), false);
    this.live = new InspectedFiles(directory.resolve("live.db"), true);
  }

  @Override
  public boolean run(Random random) throws IOException {
    RecordedDatabase base = corpus.any(random);
    Mutation mutation = new Mutation(random);
    byte[] database = base.versions().get(0).clone();
    byte[] wal = Log.of(base.transactions(), base.pageSize(), random.nextInt(1 << 20));
    int frames = Log.frames(wal, base.pageSize());
    byte[] index = Log.index(wal, base.pageSize(), frames, base.transactions().size());
    WalIndexHeader header = new WalIndexHeader();
    header.load(index, 0);
    WalPosition saved = WalPosition.of(header);
    switch (random.nextInt(4)) {
      case 0 -> mutation.damage(database, wal);
      case 1 -> mutation.damage(wal, database);
      case 2 -> {
        mutation.damage(wal, database);
        Log.seal(wal, base.pageSize());
      }
      default -> {
        mutation.damage(index, wal);
        Log.sealIndex(index);
      }
    }
    byte[] info = new byte[CheckpointInfo.SIZE];
    if (random.nextInt(4) == 0) {
      mutation.damage(info, wal);
    }
    InspectedFiles files = random.nextBoolean() ? copied : live;
    files.write(database, wal, index, info);
    return inspect(files.path(), base.pageSize(), saved, new InspectedChanges(frames));
  }

  private static boolean inspect(
      Path path, int pageSize, WalPosition saved, InspectedChanges changes) throws IOException {
    try (WalInspection inspection = WalInspection.open(path)) {
      inspection.describe(changes);
      LogLag.of(path, pageSize, saved);
      return changes.failure() == null;
    } catch (DatabaseException | CaptureException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    copied.close();
    live.close();
  }
}
