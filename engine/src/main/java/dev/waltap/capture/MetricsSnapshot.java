// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.Position;
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
    implements CaptureMetrics {}
