package dev.waltap.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Counters and gauges of a capture at one moment. Counters run from the start of the engine.
 *
 * @param position the last position delivered, null before the first
 * @param lagFrames committed frames not consumed yet
 * @param lagTransactions committed transactions that were read from the WAL and wait to be decoded,
 *     or are just being decoded
 * @param lag how long the oldest undelivered change has waited; zero if there is none
 * @param transactions transactions consumed
 * @param changes changes delivered
 * @param bytes bytes of row images delivered
 * @param frames frames consumed
 * @param generations WAL generations entered
 * @param overruns times the WAL was reused before it was read
 * @param reconciles gaps emitted as net changes
 * @param reconcileTime time spent on them
 * @param readTransactionTime time for which a read transaction was held
 * @param queueDepth changes waiting for the handler
 * @param queueBytes their size in bytes
 * @param pageSetPages pages held in the page set
 * @param pageSetBytes bytes they take as held
 * @param pageSetHitRate share of page look-ups served uncompressed, 0 to 1
 * @param walBytes size of the WAL file
 * @param walLimits times a read transaction was released because the WAL had reached its limit
 */
public record CaptureMetrics(
    @Nullable Position position,
    long lagFrames,
    long lagTransactions,
    Duration lag,
    long transactions,
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
    long walLimits) {}
