// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.micrometer.CaptureMeters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.Closeable;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * All metrics as Prometheus reads them. Each capture is asked once for a scrape, and all its series
 * come from that answer. For any thread; one scrape at a time.
 */
final class MetricsText implements Closeable {

  /** A later version of the text format, for whoever asks for it. */
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";

  private static final String PREFIX = "waltap.";

  private final Monitor monitor;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Map<String, Group> groups = new TreeMap<>();
  private final Map<DatabaseState, Integer> states = new EnumMap<>(DatabaseState.class);

  /** The databases of one label; held in the map above, since the registry holds it weakly. */
  private static final class Group implements Supplier<CaptureMetrics> {
    private SummedMetrics sum = new SummedMetrics();
    private boolean ready = true;
    private long warnings;

    @Override
    public CaptureMetrics get() {
      return sum;
    }

    void reset() {
      sum = new SummedMetrics();
      ready = true;
      warnings = 0;
    }

    void add(MonitoredDatabase database) {
      sum.add(database.metrics());
      ready &= database.status().state().isReady();
      warnings += database.warnings();
    }

    void add(Monitor.Departed departed) {
      sum.addCounters(departed.counters());
      warnings += departed.warnings();
    }

    boolean isReady() {
      return ready;
    }

    long warnings() {
      return warnings;
    }
  }

  /**
   * The metrics of these databases and of the JVM.
   *
   * @param version of this program
   */
  MetricsText(Monitor monitor, String version) {
    this.monitor = monitor;
    new JvmMemoryMetrics().bindTo(registry);
    collections.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    Gauge.builder(PREFIX + "build.info", () -> 1)
        .description("Always 1; the label says which version runs")
        .tags("version", version)
        .register(registry);
    for (DatabaseState state : DatabaseState.values()) {
      Gauge.builder(PREFIX + "databases", () -> states.getOrDefault(state, 0))
          .description("Databases by what their capture is doing")
          .tags("state", state.word())
          .register(registry);
    }
  }

  /** The type of content to answer with, where these were asked for. */
  static String contentType(String accepted) {
    return accepted.contains("application/openmetrics-text") ? OPEN_METRICS : PLAIN;
  }

  /** The metrics of this moment. */
  synchronized String scrape(String contentType) {
    refresh(monitor.databases());
    return registry.scrape(contentType);
  }

  private void refresh(List<MonitoredDatabase> databases) {
    states.clear();
    groups.values().forEach(Group::reset);
    Set<String> present = new HashSet<>();
    for (MonitoredDatabase database : databases) {
      states.merge(database.status().state(), 1, Integer::sum);
      present.add(database.label());
      group(database.label()).add(database);
    }
    Monitor.Departed departed = monitor.departed();
    if (departed.databases() > 0) {
      present.add(Monitor.OTHER);
      group(Monitor.OTHER).add(departed);
    }
    removeAllBut(present);
  }

  private void removeAllBut(Set<String> present) {
    if (groups.keySet().retainAll(present)) {
      for (Meter meter : registry.getMeters()) {
        String label = meter.getId().getTag("database");
        if (label != null && !present.contains(label)) {
          registry.remove(meter);
        }
      }
    }
  }

  private Group group(String label) {
    return groups.computeIfAbsent(label, this::bound);
  }

  private Group bound(String label) {
    Group group = new Group();
    Tags tags = Tags.of("database", label);
    new CaptureMeters(group, tags).bindTo(registry);
    Gauge.builder(PREFIX + "ready", group, each -> each.isReady() ? 1 : 0)
        .description("Whether every later commit is certain to be emitted")
        .tags(tags)
        .register(registry);
    FunctionCounter.builder(PREFIX + "warnings", group, Group::warnings)
        .description("Warnings, those of a delivery that is retried among them")
        .tags(tags)
        .register(registry);
    return group;
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
