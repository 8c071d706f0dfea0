// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.testdata.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Damages bytes of committed pages, WALs, wal-indexes, database and state files, one input after
 * the other, each with a seed of its own. A thread runs the inputs; the caller's looks whether one
 * takes too long.
 */
public final class MutationFuzzer implements AutoCloseable {
  /** How long an input may take: some thousand times as long as most do. */
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(20);

  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LOOK_MILLIS = 50;

  private final Path directory;
  private final Corpus corpus;
  private final Map<LayerKind, Layer> layers = new EnumMap<>(LayerKind.class);
  private final Map<LayerKind, Tally> tallies = new EnumMap<>(LayerKind.class);
  private final Consumer<String> print;
  private final @Nullable LayerKind only;
  private volatile Now now = new Now(LayerKind.PAGES, 0, 0);
  private volatile @Nullable Throwable failure;

  private record Now(LayerKind layer, long seed, long begun) {}

  private static final class Tally {
    private long inputs;
    private long accepted;
    private long nanos;
    private long slowest;
  }

  /**
   * Makes the databases that are damaged.
   *
   * @param only the layer of all inputs; null for all, by the seed
   * @param print takes lines for people
   */
  public MutationFuzzer(@Nullable LayerKind only, Consumer<String> print) throws Exception {
    this.only = only;
    this.print = print;
    // In memory where that goes: nothing here is about disks.
    Path memory = Path.of("/dev/shm");
    this.directory =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "waltap-mutation")
            : Files.createTempDirectory("waltap-mutation");
    this.corpus = new Corpus();
  }

  /**
   * Runs inputs until their number is reached, time is up, or one fails.
   *
   * @param seed of the first; each has the next
   * @return whether all ended well
   */
  public boolean run(long seed, long inputs, long minutes) throws InterruptedException {
    long begun = System.nanoTime();
    long end = begun + TimeUnit.MINUTES.toNanos(minutes);
    now = new Now(LayerKind.PAGES, seed, begun);
    Thread worker = new Thread(() -> work(seed, inputs, end), "mutation");
    worker.setDaemon(true); // One that hangs must not keep the process.
    worker.start();
    long progress = begun;
    while (worker.isAlive()) {
      worker.join(LOOK_MILLIS);
      Now at = now;
      long time = System.nanoTime();
      if (worker.isAlive() && time - at.begun() > MAX_NANOS) {
        failed(at, "has taken 20 s and more", worker.getStackTrace());
        return false;
      }
      if (time - progress > PROGRESS_NANOS) {
        progress = time;
        print.accept(
            String.format(Locale.ROOT, "%,d inputs, at seed %d", at.seed() - seed, at.seed()));
      }
    }
    Throwable thrown = failure;
    if (thrown != null) {
      failed(now, thrown.toString(), thrown.getStackTrace());
      for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
        failed(now, "caused by " + cause, cause.getStackTrace());
      }
      return false;
    }
    report(System.nanoTime() - begun);
    return true;
  }

  private void work(long seed, long inputs, long end) {
    try {
      for (long i = 0; i < inputs && System.nanoTime() - end < 0; i++) {
        one(seed + i);
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  private void one(long seed) throws Exception {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    LayerKind drawn = LayerKind.of(random);
    LayerKind kind = only == null ? drawn : only;
    Layer layer = layers.get(kind);
    if (layer == null) {
      layer = kind.open(corpus, directory);
      layers.put(kind, layer);
    }
    long begun = System.nanoTime();
    now = new Now(kind, seed, begun);
    boolean accepted = layer.run(random);
    long nanos = System.nanoTime() - begun;
    Tally tally = tallies.computeIfAbsent(kind, unused -> new Tally());
    tally.inputs++;
    tally.accepted += accepted ? 1 : 0;
    tally.nanos += nanos;
    tally.slowest = Math.max(tally.slowest, nanos);
  }

  private void failed(Now at, String how, StackTraceElement[] stack) {
    print.accept(
        "FAILED, again with: --layer "
            + at.layer().name().toLowerCase(Locale.ROOT)
            + " --seed "
            + at.seed()
            + " --inputs 1: "
            + how);
    for (StackTraceElement element : stack) {
      print.accept("  at " + element);
    }
  }

  private void report(long nanos) {
    long inputs = tallies.values().stream().mapToLong(tally -> tally.inputs).sum();
    tallies.forEach(
        (kind, tally) ->
            print.accept(
                String.format(
                    Locale.ROOT,
                    "%-8s %,9d inputs, %,9d accepted, the rest refused; %,7d/s, slowest %d ms",
                    kind.name().toLowerCase(Locale.ROOT),
                    tally.inputs,
                    tally.accepted,
                    tally.inputs * 1_000_000_000L / Math.max(1, tally.nanos),
                    tally.slowest / 1_000_000)));
    print.accept(
        String.format(
            Locale.ROOT,
            "%,d inputs in %d s; heap at most %d MB",
            inputs,
            nanos / 1_000_000_000L,
            peakHeap()));
  }

  private static long peakHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum()
        >> 20;
  }

  /** Removes the files; after a hang they are left to the thread that is in it. */
  @Override
  public void close() throws Exception {
    if (failure == null) {
      for (Layer layer : layers.values()) {
        layer.close();
      }
    }
    try {
      Directories.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
