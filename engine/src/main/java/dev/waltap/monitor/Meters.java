// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import dev.waltap.api.CaptureMetrics;
import dev.waltap.micrometer.CaptureMeters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.io.Closeable;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The meters of all databases and of the JVM in one registry. Each capture is asked once for all of
 * its series: whoever reads them within a second reads what it said then. For any thread.
 */
final class Meters implements Closeable {

  private static final String PREFIX = "waltap.";

  /** A registry reads all meters within this time, or is slow enough to be given newer numbers. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Monitor monitor;
  private final MeterRegistry registry;
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Map<String, Group> groups = new TreeMap<>();
  private final Map<DatabaseState, Integer> states = new EnumMap<>(DatabaseState.class);

  private long refreshed;

  /** The databases of one label; held in the map above, since the registry holds it weakly. */
  private final class Group implements Supplier<CaptureMetrics> {
    private SummedMetrics sum = new SummedMetrics();
    private boolean ready = true;
    private long warnings;

    @Override
    public CaptureMetrics get() {
      synchronized (Meters.this) {
        refreshIfOld();
        return sum;
      }
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
      synchronized (Meters.this) {
        refreshIfOld();
        return ready;
      }
    }

    long warnings() {
      synchronized (Meters.this) {
        refreshIfOld();
        return warnings;
      }
    }
  }

  /**
   * Meters in this registry, which is closed with them.
   *
   * @param version of this program
   */
  Meters(MeterRegistry registry, Monitor monitor, String version) {
    this.registry = registry;
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
      Gauge.builder(PREFIX + "databases", () -> count(state))
          .description("Databases by what their capture is doing")
          .tags("state", state.word())
          .register(registry);
    }
  }

  private synchronized int count(DatabaseState state) {
    refreshIfOld();
    return states.getOrDefault(state, 0);
  }

  private void refreshIfOld() {
    if (System.nanoTime() - refreshed >= FRESH_NANOS) {
      refresh();
    }
  }

  /** Takes the numbers of this moment. */
  synchronized void refresh() {
    refresh(monitor.databases());
    refreshed = System.nanoTime();
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
