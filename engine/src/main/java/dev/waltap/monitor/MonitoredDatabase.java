// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.ChangesHandler;
import dev.waltap.deliver.ForwardingListener;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A database in a {@link Monitor}, from its registration until {@link #close}. For any thread;
 * whoever runs the capture reports what it does.
 */
public final class MonitoredDatabase implements AutoCloseable {

  /**
   * What a capture is doing.
   *
   * @param why what happened, for people; null where nothing did
   * @param since when this began
   */
  record Status(DatabaseState state, @Nullable String why, Instant since) {}

  private final Monitor monitor;
  private final String name;
  private final String label;
  private final AtomicLong warnings = new AtomicLong();
  private volatile @Nullable String lastWarning;
  private volatile Status status = new Status(DatabaseState.STARTING, null, Instant.now());
  private Supplier<? extends @Nullable CaptureMetrics> source = () -> null;

  /** What captures counted that are closed. */
  private final SummedMetrics closed = new SummedMetrics();

  private boolean restarted;

  /** The last answer of the capture that is open, or was last. */
  private @Nullable CaptureMetrics last;

  /** Whether there is none open since that answer. */
  private boolean gone;

  MonitoredDatabase(Monitor monitor, String name, String label) {
    this.monitor = monitor;
    this.name = name;
    this.label = label;
  }

  /** The name under which it is shown. */
  public String name() {
    return name;
  }

  /** The value of the label {@code database} in metrics. */
  String label() {
    return label;
  }

  /**
   * Says where the numbers come from: asked at each scrape, from any thread. They may be null while
   * no capture is open, and begin at zero again with each: what was counted before is added.
   */
  public synchronized void metrics(Supplier<? extends @Nullable CaptureMetrics> numbers) {
    metrics();
    source = numbers;
  }

  /**
   * A capture has ended, and the source of the numbers knows nothing of it any more.
   *
   * @param counters what it had counted at its end, which nobody may have asked for
   */
  public synchronized void counted(CaptureMetrics counters) {
    add(counters);
  }

  private void add(CaptureMetrics ended) {
    closed.addCounters(ended);
    restarted = true;
    last = null;
    gone = false;
  }

  /** The numbers of this moment; zeros before {@link #metrics(Supplier)}. */
  synchronized CaptureMetrics metrics() {
    CaptureMetrics now = source.get();
    CaptureMetrics before = last;
    if (now == null) {
      // What it counted last may still come by way of counted().
      gone = before != null;
    } else {
      if (before != null && (gone || isBehind(now, before))) {
        add(before);
      }
      gone = false;
      last = now;
      if (!restarted) {
        return now;
      }
    }
    SummedMetrics sum = new SummedMetrics();
    sum.addCounters(closed);
    if (now != null) {
      sum.add(now);
    } else if (before != null) {
      sum.addCounters(before);
    }
    return sum;
  }

  /** Whether a capture counts from zero again. */
  private static boolean isBehind(CaptureMetrics now, CaptureMetrics before) {
    return now.frames() < before.frames()
        || now.changes() < before.changes()
        || now.transactions() < before.transactions();
  }

  /**
   * Says what the capture is doing from now on.
   *
   * @param why what happened, for people, without secrets; null where nothing did
   */
  public void state(DatabaseState state, @Nullable String why) {
    metrics(); // A capture may be about to be closed.
    Status now = status;
    if (now.state() == state && Objects.equals(now.why(), why)) {
      return; // It is so since then.
    }
    status = new Status(state, why, Instant.now());
  }

  Status status() {
    return status;
  }

  /** How many warnings there were. */
  long warnings() {
    return warnings.get();
  }

  /** The last of them; null if there was none. */
  @Nullable String lastWarning() {
    return lastWarning;
  }

  /** Notes a warning of this database, or of where its changes go: in words, without secrets. */
  public void warned(String message) {
    warnings.incrementAndGet();
    lastWarning = message;
  }

  /**
   * A listener that passes on all that it hears, and notes readiness here. Not warnings, which not
   * only captures have: {@link #warned}.
   */
  public CaptureListener listener(CaptureListener next) {
    return new ForwardingListener(next) {
      @Override
      public void ready() {
        state(DatabaseState.READY, null);
        super.ready();
      }
    };
  }

  /** A handler that passes on all that it gets, and shows it on the page afterwards. */
  public ChangesHandler shown(ChangesHandler next) {
    return monitor.stream().tap(name, next);
  }

  /** Takes the database out of the monitor. */
  @Override
  public void close() {
    monitor.remove(this);
  }
}
