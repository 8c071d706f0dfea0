// SPDX-License-Identifier: Apache-2.0
package dev.waltap.micrometer;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.ChangeDataCapture;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Binds {@link CaptureMetrics} to a Micrometer registry: {@code new CaptureMeters(capture,
 * Tags.of("database", "shop")).bindTo(registry)}. Needs {@code io.micrometer:micrometer-core},
 * which is an optional dependency.
 *
 * <p>The registry holds the capture weakly: who binds it keeps it.
 */
public final class CaptureMeters implements MeterBinder {
  private final ChangeDataCapture capture;
  private final Iterable<Tag> tags;

  /** Meters without tags, for applications with one capture. */
  public CaptureMeters(ChangeDataCapture capture) {
    this(capture, Tags.empty());
  }

  /** Meters with tags that distinguish this capture from others. */
  public CaptureMeters(ChangeDataCapture capture, Iterable<Tag> tags) {
    this.capture = capture;
    this.tags = tags;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    count(registry, "transactions", "transactions", CaptureMetrics::transactions);
    count(registry, "changes", "changes", CaptureMetrics::changes);
    count(registry, "bytes", "bytes", CaptureMetrics::bytes);
    count(registry, "frames", "frames", CaptureMetrics::frames);
    count(registry, "generations", "generations", CaptureMetrics::generations);
    count(registry, "overruns", "overruns", CaptureMetrics::overruns);
    count(registry, "reconciles", "reconciles", CaptureMetrics::reconciles);
    count(registry, "wal.limits", "releases", CaptureMetrics::walLimits);
    time(registry, "reconcile.time", CaptureMetrics::reconcileTime);
    time(registry, "read.transaction.time", CaptureMetrics::readTransactionTime);
    time(registry, "lag", CaptureMetrics::lag);
    gauge(registry, "lag.frames", "frames", CaptureMetrics::lagFrames);
    gauge(registry, "lag.transactions", "transactions", CaptureMetrics::lagTransactions);
    gauge(registry, "queue.depth", "changes", CaptureMetrics::queueDepth);
    gauge(registry, "queue.size", "bytes", CaptureMetrics::queueBytes);
    gauge(registry, "page.set.pages", "pages", CaptureMetrics::pageSetPages);
    gauge(registry, "page.set.size", "bytes", CaptureMetrics::pageSetBytes);
    gauge(registry, "page.set.hit.rate", "ratio", CaptureMetrics::pageSetHitRate);
    gauge(registry, "wal.size", "bytes", CaptureMetrics::walBytes);
  }

  private void count(
      MeterRegistry registry, String name, String unit, ToDoubleFunction<CaptureMetrics> value) {
    FunctionCounter.builder(
            "waltap." + name, capture, source -> value.applyAsDouble(source.metrics()))
        .tags(tags)
        .baseUnit(unit)
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry, String name, String unit, ToDoubleFunction<CaptureMetrics> value) {
    Gauge.builder("waltap." + name, capture, source -> value.applyAsDouble(source.metrics()))
        .tags(tags)
        .baseUnit(unit)
        .register(registry);
  }

  private void time(MeterRegistry registry, String name, Function<CaptureMetrics, Duration> value) {
    TimeGauge.builder(
            "waltap." + name,
            capture,
            TimeUnit.NANOSECONDS,
            source -> value.apply(source.metrics()).toNanos())
        .tags(tags)
        .register(registry);
  }
}
