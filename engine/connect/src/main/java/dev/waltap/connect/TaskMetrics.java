// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.ChangeDataCapture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a capture counts, as metrics of the worker, by JMX and whatever else it reports to. Workers
 * before 4.1 have none of plugins.
 */
final class TaskMetrics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.waltap");

  private final @Nullable PluginMetrics metrics;
  private final List<MetricName> names = new ArrayList<>();

  TaskMetrics(SourceTaskContext context) {
    this.metrics = of(context);
  }

  private static @Nullable PluginMetrics of(SourceTaskContext context) {
    try {
      return context.pluginMetrics();
    } catch (LinkageError e) {
      LOG.debug("this worker has no metrics of plugins");
      return null;
    }
  }

  /** Begins to show those of a database. */
  void add(DatabaseCapture database) {
    add(database, "changes", "Changes committed", CaptureMetrics::changes);
    add(database, "transactions", "Transactions read", CaptureMetrics::transactions);
    add(database, "bytes", "Bytes of rows committed", CaptureMetrics::bytes);
    add(database, "lag-ms", "Age of what is not committed yet", each -> each.lag().toMillis());
    add(database, "lag-frames", "Frames of the WAL not read yet", CaptureMetrics::lagFrames);
    add(database, "queue-changes", "Changes that wait", each -> (long) each.queueDepth());
    add(database, "wal-bytes", "Size of the WAL", CaptureMetrics::walBytes);
    add(database, "overruns", "Times the WAL was reused unread", CaptureMetrics::overruns);
    add(database, "reconciles", "Gaps sent as net changes", CaptureMetrics::reconciles);
  }

  private void add(
      DatabaseCapture database, String name, String what, Function<CaptureMetrics, Long> value) {
    PluginMetrics known = metrics;
    if (known == null) {
      return;
    }
    LinkedHashMap<String, String> tags = new LinkedHashMap<>();
    tags.put("database", database.name());
    MetricName full = known.metricName(name, what, tags);
    Gauge<Long> gauge =
        (config, now) -> {
          ChangeDataCapture capture = database.capture();
          return capture == null ? 0L : value.apply(capture.metrics());
        };
    known.addMetric(full, gauge);
    names.add(full);
  }

  @Override
  public void close() {
    PluginMetrics known = metrics;
    if (known != null) {
      names.forEach(known::removeMetric);
    }
    names.clear();
  }
}
