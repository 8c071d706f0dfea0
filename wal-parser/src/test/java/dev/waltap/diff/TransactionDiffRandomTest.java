// SPDX-License-Identifier: Apache-2.0
package dev.waltap.diff;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random workloads followed transaction by transaction. A failure names its seed; run that one
 * alone with {@code -Dwaltap.seed=N}, or more of them with {@code -Ddiff.seeds=N}.
 */
@Tag("slow")
class TransactionDiffRandomTest {
  private static final int SEEDS = Integer.getInteger("diff.seeds", 60);
  private static final int TRANSACTIONS = Integer.getInteger("diff.transactions", 60);

  @TempDir Path directory;

  @Test
  void followsRandomWorkloads() throws Exception {
    Integer only = Integer.getInteger("waltap.seed");
    int first = only != null ? only : 1;
    int last = only != null ? only : SEEDS;
    int transactions = 0;
    int changes = 0;
    for (int seed = first; seed <= last; seed++) {
      Random random = new Random(seed);
      try (VersionedDatabase database = open(seed, random)) {
        RandomWorkload workload = new RandomWorkload(database, random);
        workload.seed();
        long memory = random.nextInt(3) == 0 ? 64 << 20 : 0;
        try (DiffFollower follower =
            new DiffFollower(
                database, RandomWorkload::isCaptured, RandomWorkload::keyFields, memory)) {
          for (int i = 0; i < TRANSACTIONS; i++) {
            workload.transaction();
            follower.asksForRows(i % 5 < 3);
            follower.follow();
            if (i % 10 == 9) {
              follower.checkDbstat();
            }
          }
          transactions += follower.transactions();
          changes += follower.changes();
        }
      } catch (Exception | AssertionError e) {
        throw new AssertionError("-Dwaltap.seed=" + seed, e);
      }
    }
    System.out.println(transactions + " transactions with " + changes + " changes followed");
  }

  private VersionedDatabase open(int seed, Random random) throws Exception {
    int pageSize = new int[] {512, 512, 512, 1024, 1024, 4096, 65536}[random.nextInt(7)];
    int autoVacuum = Math.max(0, random.nextInt(5) - 2);
    int reserved = autoVacuum == 0 && random.nextInt(3) == 0 ? 8 * random.nextInt(5) : 0;
    return new VersionedDatabase(
        directory.resolve("seed" + seed + ".db"),
        pageSize,
        reserved,
        "PRAGMA auto_vacuum=" + autoVacuum,
        "PRAGMA secure_delete=" + random.nextInt(2),
        "PRAGMA cache_size=" + (random.nextBoolean() ? 10 : 2000));
  }
}
