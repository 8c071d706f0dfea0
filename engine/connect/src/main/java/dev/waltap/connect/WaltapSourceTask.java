// SPDX-License-Identifier: Apache-2.0
package dev.waltap.connect;

import dev.waltap.io.FileNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.source.TransactionContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the worker the records of some databases. A poll has those of one of them; while it is
 * within a transaction no other one comes, so that each transaction of Kafka holds whole ones.
 */
public final class WaltapSourceTask extends SourceTask {

  /** The files of this task, a line each. */
  static final String DATABASES = "task.databases";

  private static final Logger LOG = LoggerFactory.getLogger("dev.waltap");

  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Guards what the captures' threads and the worker's share; notified of what happens. */
  private final Object lock = new Object();

  private volatile List<DatabaseCapture> captures = List.of();
  private volatile @Nullable TaskMetrics metrics;
  private @Nullable Heartbeats heartbeats;
  private @Nullable TransactionContext transactions;
  private volatile boolean stopping;
  private int next;

  /** For the worker. */
  public WaltapSourceTask() {}

  @Override
  public String version() {
    return Version.number();
  }

  @Override
  public void start(Map<String, String> props) {
    ConnectSettings settings = new ConnectSettings(props);
    transactions = context.transactionContext();
    heartbeats = new Heartbeats(settings);
    List<DatabaseCapture> made = new ArrayList<>();
    for (String file : props.getOrDefault(DATABASES, "").split("\n", -1)) {
      Path database = FileNames.parse(file);
      String name = settings.name(database);
      made.add(
          new DatabaseCapture(settings, database, () -> offset(name), transactions != null, lock));
    }
    captures = List.copyOf(made);
    TaskMetrics shown = new TaskMetrics(context);
    captures.forEach(shown::add);
    metrics = shown;
  }

  private @Nullable StreamOffset offset(String database) {
    return StreamOffset.of(context.offsetStorageReader().offset(StreamOffset.partition(database)));
  }

  @Override
  public @Nullable List<SourceRecord> poll() throws InterruptedException {
    // The worker polls again when it has committed what it was asked to, or dropped all of it.
    commit();
    DatabaseCapture ready = await();
    if (ready == null) {
      return quiet();
    }
    List<SourceRecord> records = new ArrayList<>(ready.poll());
    end(ready);
    if (heartbeats != null) {
      heartbeats.beat();
    }
    return records.isEmpty() ? null : records;
  }

  /** Asks the worker to commit, if this is the place. */
  private void end(DatabaseCapture capture) {
    TransactionContext context = transactions;
    if (context != null && capture.endsTransaction()) {
      context.commitTransaction();
      capture.transactionEnds();
    }
  }

  /** The next database with changes, or whose transaction was open for too long; null for none. */
  private @Nullable DatabaseCapture await() throws InterruptedException {
    long end = System.nanoTime() + WAIT_NANOS;
    for (DatabaseCapture each : captures) {
      each.open();
    }
    synchronized (lock) {
      while (!stopping) {
        DatabaseCapture ready = ready();
        if (ready != null) {
          return ready;
        }
        captures.forEach(DatabaseCapture::requireGoingOn);
        long left = end - System.nanoTime();
        if (left <= 0) {
          return null;
        }
        lock.wait(1 + TimeUnit.NANOSECONDS.toMillis(left));
      }
      return null;
    }
  }

  private @Nullable DatabaseCapture ready() {
    for (DatabaseCapture each : captures) {
      if (each.isWithinTransaction()) {
        return each.hasChanges() || (transactions != null && each.endsTransaction()) ? each : null;
      }
    }
    for (int i = 0; i < captures.size(); i++) {
      DatabaseCapture each = captures.get((next + i) % captures.size());
      if (each.hasChanges()) {
        next = (next + i + 1) % captures.size();
        return each;
      }
    }
    return null;
  }

  private @Nullable List<SourceRecord> quiet() {
    Heartbeats beats = heartbeats;
    boolean within = captures.stream().anyMatch(DatabaseCapture::isWithinTransaction);
    if (beats == null || within || stopping) {
      return null;
    }
    List<SourceRecord> due = beats.due(captures);
    if (due.isEmpty()) {
      return null;
    }
    if (transactions != null) {
      transactions.commitTransaction();
    }
    return due;
  }

  @Override
  public void commit() {
    if (transactions != null) {
      captures.forEach(DatabaseCapture::transactionsCommitted);
    }
  }

  @Override
  public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
    if (record instanceof CaptureRecord own) {
      own.capture().committed(own);
    }
  }

  @Override
  public void stop() {
    stopping = true;
    synchronized (lock) {
      lock.notifyAll();
    }
    List<AutoCloseable> open = new ArrayList<>(captures);
    TaskMetrics shown = metrics;
    if (shown != null) {
      open.add(shown);
    }
    closeAll(open);
  }

  /** Even if one fails: what stays open would hold its database and its state. */
  static void closeAll(List<? extends AutoCloseable> open) {
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (Exception e) {
        LOG.warn("not all of a task was closed", e);
      }
    }
  }
}
