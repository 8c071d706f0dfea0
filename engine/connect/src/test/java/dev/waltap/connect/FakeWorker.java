// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.source.TransactionContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/** Runs a task as a worker of Connect does, step by step. For one thread. */
final class FakeWorker implements AutoCloseable {
  private final FakeKafka kafka;
  private final boolean exact;
  private final WaltapSourceTask task = new WaltapSourceTask();
  private final List<SourceRecord> open = new ArrayList<>();
  private boolean commitAsked;

  /** Those of the worker. */
  final Metrics metrics = new Metrics();

  /** What the transforms let pass. */
  Predicate<SourceRecord> passing = record -> true;

  /** Whether offsets are committed as soon as records are; else never. */
  boolean commitsOffsets = true;

  private FakeWorker(FakeKafka kafka, boolean exact) {
    this.kafka = kafka;
    this.exact = exact;
  }

  /** Starts a task for one database. */
  static FakeWorker start(FakeKafka kafka, boolean exact, Path database, String... options) {
    return start(kafka, exact, List.of(database), options);
  }

  /** Starts a task for some databases; options are names and values in turn. */
  static FakeWorker start(FakeKafka kafka, boolean exact, List<Path> databases, String... options) {
    FakeWorker worker = new FakeWorker(kafka, exact);
    Map<String, String> properties = new HashMap<>();
    properties.put(Options.STATE_WAIT, "0");
    for (int i = 0; i < options.length; i += 2) {
      properties.put(options[i], options[i + 1]);
    }
    properties.put(
        WaltapSourceTask.DATABASES,
        String.join("\n", databases.stream().map(Path::toString).toList()));
    worker.task.initialize(worker.context(properties));
    worker.task.start(properties);
    return worker;
  }

  /** Polls, and commits, until so many records are committed altogether. */
  FakeWorker until(int records) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (kafka.records.size() < records) {
      if (System.nanoTime() > end) {
        throw new AssertionError("only " + kafka.records.size() + " records, not " + records);
      }
      step();
    }
    return this;
  }

  /** Polls once, and commits as a worker would. */
  List<SourceRecord> step() throws InterruptedException {
    List<SourceRecord> polled = poll();
    if (!exact) {
      kafka.commit(polled, commitsOffsets);
      polled.forEach(each -> task.commitRecord(each, null));
    } else if (commitAsked) {
      commitTransaction();
    }
    return polled;
  }

  /** Polls without any commit; the transaction stays open. */
  List<SourceRecord> poll() throws InterruptedException {
    List<SourceRecord> polled = task.poll();
    List<SourceRecord> sent = polled == null ? List.of() : polled.stream().filter(passing).toList();
    open.addAll(exact ? sent : List.of());
    return sent;
  }

  /** Whether the task asks for a commit behind what was polled. */
  boolean isCommitAsked() {
    return commitAsked;
  }

  private void commitTransaction() {
    commitAsked = false;
    if (open.isEmpty()) {
      return; // As the real one: nothing was sent, so nobody is told.
    }
    kafka.commit(open, true);
    open.forEach(each -> task.commitRecord(each, null));
    open.clear();
    task.commit();
  }

  private SourceTaskContext context(Map<String, String> properties) {
    return new SourceTaskContext() {
      @Override
      public Map<String, String> configs() {
        return properties;
      }

      @Override
      public OffsetStorageReader offsetStorageReader() {
        return reader();
      }

      @Override
      public @Nullable TransactionContext transactionContext() {
        return exact ? transactions() : null;
      }

      @Override
      public PluginMetrics pluginMetrics() {
        return new PluginMetricsImpl(metrics, Map.of("connector", "waltap", "task", "0"));
      }
    };
  }

  private TransactionContext transactions() {
    return new TransactionContext() {
      @Override
      public void commitTransaction() {
        commitAsked = true;
      }

      @Override
      public void commitTransaction(SourceRecord record) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void abortTransaction() {
        throw new UnsupportedOperationException();
      }

      @Override
      public void abortTransaction(SourceRecord record) {
        throw new UnsupportedOperationException();
      }
    };
  }

  @SuppressWarnings("unchecked")
  private OffsetStorageReader reader() {
    return new OffsetStorageReader() {
      @Override
      public <T> @Nullable Map<String, Object> offset(Map<String, T> partition) {
        return (Map<String, Object>) kafka.offsets.get(partition);
      }

      @Override
      public <T> Map<Map<String, T>, Map<String, Object>> offsets(
          Collection<Map<String, T>> partitions) {
        throw new UnsupportedOperationException();
      }
    };
  }

  /** Stops the task; what is not committed is lost. */
  void stop() {
    task.stop();
  }

  @Override
  public void close() {
    stop();
    metrics.close();
  }
}
