// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.Change;
import dev.waltap.api.Position;
import dev.waltap.decode.Micros;
import dev.waltap.deliver.ChangeQueue;
import dev.waltap.deliver.Delivery;
import dev.waltap.follow.Counters;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The metrics of one moment. */
public record MetricsSnapshot(
    @Nullable Position position,
    long lagFrames,
    long lagTransactions,
    Duration lag,
    long transactions,
    long deliveredTransactions,
    long changes,
    long bytes,
    long frames,
    long generations,
    long overruns,
    long reconciles,
    Duration reconcileTime,
    Duration readTransactionTime,
    int queueDepth,
    long queueBytes,
    long pageSetPages,
    long pageSetBytes,
    double pageSetHitRate,
    long walBytes,
    long walLimits)
    implements CaptureMetrics {

  static MetricsSnapshot of(
      Path database, Counters counters, Delivery delivery, ChangeQueue queue) {
    Change waiting = queue.oldest();
    long oldest = counters.oldestMicros(waiting == null ? -1 : Micros.of(waiting.timestamp()));
    return new MetricsSnapshot(
        delivery.position(),
        counters.lagFrames(),
        counters.lagTransactions(),
        oldest < 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, Micros.now() - oldest) * 1000),
        counters.transactions(),
        counters.delivery().transactions(),
        counters.delivery().changes(),
        counters.delivery().bytes(),
        counters.frames(),
        counters.generations(),
        counters.overruns(),
        counters.reconciles(),
        Duration.ofNanos(counters.reconcileNanos()),
        Duration.ofNanos(counters.readNanos()),
        queue.depth(),
        queue.bytes(),
        counters.pages(),
        counters.pageBytes(),
        counters.hitRate(),
        walBytes(database),
        counters.walLimits());
  }

  // A look at the file, not at the log: what is asked for is what it takes of the disk.
  private static long walBytes(Path database) {
    try {
      Path wal = FileNames.beside(database.toRealPath(), "-wal");
      return Files.exists(wal) ? Files.size(wal) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
