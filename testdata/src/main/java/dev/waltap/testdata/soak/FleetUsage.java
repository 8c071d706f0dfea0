// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process has in use.
 *
 * @param deleted descriptors and mappings of files that were deleted
 * @param liveKiB of its heap, after its garbage was collected
 */
record FleetUsage(int descriptors, int threads, int mappings, int deleted, long mib, long liveKiB) {

  /** Beside what the databases that are open have. */
  private static final int OWN_DESCRIPTORS = 150;

  /** While nothing is written: databases that are open have none then. */
  private static final int THREADS_AT_REST = 60;

  /** Of its file, and of its wal-index while an application has that open. */
  private static final int PARKED_DESCRIPTORS = 2;

  private static final int OWN_MAPPINGS = 500;

  /** What the JVM itself and the latest work have of deleted files, as of the last WALs. */
  private static final int DELETED = 40;

  /**
   * Of so many databases, a file of one may be open that was deleted: a few are looked at whenever
   * another is opened.
   */
  private static final int SHARE_DELETED = 20;

  /** How much more of the heap may be alive after the same work goes on for long. */
  private static final long HEAP_GROWTH_KIB = 8 << 10;

  static FleetUsage of(FleetProcess process) throws IOException, InterruptedException {
    return new FleetUsage(
        process.descriptors(),
        process.threads(),
        process.mappings(),
        process.deletedDescriptors() + process.deletedMappings(),
        process.residentMiB(),
        process.liveKiB());
  }

  /** What it has in use when nothing is written any more. */
  static FleetUsage atRest(FleetProcess process) throws IOException, InterruptedException {
    process.awaitThreads(THREADS_AT_REST);
    return of(process);
  }

  /**
   * What of these grew beyond its bound; empty for nothing.
   *
   * @param samples in their order, of one process under the same work; the first ones are of its
   *     beginning, the last one is {@link #atRest}
   * @param open how many databases may be open
   * @param all how many there are: each that was opened has some descriptors while it is parked
   */
  static List<String> leaks(List<FleetUsage> samples, int open, int all) {
    List<String> leaks = new ArrayList<>();
    FleetUsage last = samples.get(samples.size() - 1);
    if (last.descriptors > OWN_DESCRIPTORS + 24 * open + PARKED_DESCRIPTORS * all) {
      leaks.add("descriptors");
    }
    if (last.threads > THREADS_AT_REST) {
      leaks.add("threads");
    }
    if (last.mappings > OWN_MAPPINGS + 24 * open) {
      leaks.add("mappings");
    }
    // A wal-index of each that was open is closed when others are.
    if (last.deleted > DELETED + open + all / SHARE_DELETED) {
      leaks.add("deleted files");
    }
    // By their least, since what is alive depends on what is being done just then.
    int half = samples.size() / 2;
    long before = leastLive(samples.subList(0, Math.max(1, half)));
    long since = leastLive(samples.subList(half, samples.size()));
    if (since > before + before / 4 + HEAP_GROWTH_KIB) {
      leaks.add("heap");
    }
    return leaks;
  }

  private static long leastLive(List<FleetUsage> samples) {
    return samples.stream().mapToLong(FleetUsage::liveKiB).min().orElse(0);
  }

  @Override
  public String toString() {
    return descriptors
        + " descriptors, "
        + deleted
        + " descriptors and mappings of deleted files, "
        + threads
        + " threads, "
        + mappings
        + " mappings, "
        + liveKiB / 1024
        + " MiB alive in the heap, "
        + mib
        + " MiB resident";
  }
}
