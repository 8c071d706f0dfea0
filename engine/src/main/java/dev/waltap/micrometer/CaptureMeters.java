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
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Binds {@link CaptureMetrics} to a Micrometer registry: {@code new CaptureMeters(capture,
 * Tags.of("database", "shop")).bindTo(registry)}. Needs {@code io.micrometer:micrometer-core},
 * which is an optional dependency.
 *
 * <p>The registry holds the capture, or the supplier, weakly: who binds it keeps it.
 */
public final class CaptureMeters implements MeterBinder {
  private static final double NANOS = 1e9;

  private final Source<?> source;
  private final Iterable<Tag> tags;

  /**
   * Where the numbers come from.
   *
   * @param held what the registry holds weakly
   */
  private record Source<T>(T held, Function<T, CaptureMetrics> metrics) {

    ToDoubleFunction<T> number(ToDoubleFunction<CaptureMetrics> value) {
      // Not of this record, which nobody holds.
      Function<T, CaptureMetrics> read = metrics;
      return from -> value.applyAsDouble(read.apply(from));
    }
  }

  /** Meters without tags, for applications with one capture. */
  public CaptureMeters(ChangeDataCapture capture) {
    this(capture, Tags.empty());
  }

  /** Meters with tags that distinguish this capture from others. */
  public CaptureMeters(ChangeDataCapture capture, Iterable<Tag> tags) {
    this(new Source<>(capture, ChangeDataCapture::metrics), tags);
  }

  /** Meters of what a supplier gives: the sum of several captures, or of one that is restarted. */
  public CaptureMeters(Supplier<CaptureMetrics> metrics, Iterable<Tag> tags) {
    this(new Source<>(metrics, Supplier::get), tags);
  }

  private CaptureMeters(Source<?> source, Iterable<Tag> tags) {
    this.source = source;
    this.tags = tags;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bind(registry, source);
  }

  private <T> void bind(MeterRegistry registry, Source<T> from) {
    Binding<T> bind = new Binding<>(registry, from, tags);
    bind.count(
        "transactions", "transactions", "Transactions consumed", CaptureMetrics::transactions);
    bind.count("changes", "changes", "Changes delivered", CaptureMetrics::changes);
    bind.count("bytes", "bytes", "Bytes of row images delivered", CaptureMetrics::bytes);
    bind.count("frames", "frames", "WAL frames consumed", CaptureMetrics::frames);
    bind.count(
        "generations", "generations", "WAL generations entered", CaptureMetrics::generations);
    bind.count(
        "overruns",
        "overruns",
        "Times the WAL was reused before it was read",
        CaptureMetrics::overruns);
    bind.count(
        "reconciles", "reconciles", "Gaps emitted as net changes", CaptureMetrics::reconciles);
    bind.count(
        "wal.limit.releases",
        null,
        "Times a read transaction was released since the WAL had reached its limit",
        CaptureMetrics::walLimits);
    bind.time("reconcile.time", "Time spent on closing gaps", CaptureMetrics::reconcileTime);
    bind.time(
        "read.transaction.time",
        "Time for which a read transaction was held",
        CaptureMetrics::readTransactionTime);
    bind.lag("How long the oldest undelivered change has waited", CaptureMetrics::lag);
    bind.gauge(
        "lag.frames", "frames", "Committed frames not consumed yet", CaptureMetrics::lagFrames);
    bind.gauge(
        "lag.transactions",
        "transactions",
        "Committed transactions that wait to be decoded",
        CaptureMetrics::lagTransactions);
    bind.gauge(
        "queue.depth", "changes", "Changes waiting for the handler", CaptureMetrics::queueDepth);
    bind.gauge(
        "queue.size",
        "bytes",
        "Bytes of row images waiting for the handler",
        CaptureMetrics::queueBytes);
    bind.gauge(
        "page.set.pages", "pages", "Pages held in the page set", CaptureMetrics::pageSetPages);
    bind.gauge(
        "page.set.size", "bytes", "Bytes that the page set takes", CaptureMetrics::pageSetBytes);
    bind.gauge(
        "page.set.hit.rate",
        "ratio",
        "Share of page look-ups served uncompressed",
        CaptureMetrics::pageSetHitRate);
    bind.gauge("wal.size", "bytes", "Size of the WAL file", CaptureMetrics::walBytes);
  }

  /** Makes meters in one registry. */
  private record Binding<T>(MeterRegistry registry, Source<T> source, Iterable<Tag> tags) {

    /** Time that adds up. */
    void time(String name, String description, Function<CaptureMetrics, Duration> value) {
      count(name, "seconds", description, metrics -> value.apply(metrics).toNanos() / NANOS);
    }

    void count(
        String name,
        @Nullable String unit,
        String description,
        ToDoubleFunction<CaptureMetrics> value) {
      FunctionCounter.builder("waltap." + name, source.held(), source.number(value))
          .tags(tags)
          .baseUnit(unit)
          .description(description)
          .register(registry);
    }

    void gauge(
        String name, String unit, String description, ToDoubleFunction<CaptureMetrics> value) {
      Gauge.builder("waltap." + name, source.held(), source.number(value))
          .tags(tags)
          .baseUnit(unit)
          .description(description)
          .register(registry);
    }

    void lag(String description, Function<CaptureMetrics, Duration> value) {
      TimeGauge.builder(
              "waltap.lag",
              source.held(),
              TimeUnit.NANOSECONDS,
              source.number(metrics -> value.apply(metrics).toNanos()))
          .tags(tags)
          .description(description)
          .register(registry);
    }
  }
}
