package dev.waltap.capture;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureMetrics;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.WakeSignal;
import dev.waltap.attach.Refusals;
import dev.waltap.decode.ChangeQueue;
import dev.waltap.decode.StoppedException;
import dev.waltap.format.DatabaseException;
import dev.waltap.io.FileNames;
import dev.waltap.state.StateDirectory;
import dev.waltap.wake.WakeSignals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The engine: the caller's thread runs the handler, a thread of ours runs the {@link
 * CaptureSession}, and a bounded queue joins them. {@link #close} may come from any thread.
 */
public final class CaptureEngine implements ChangeDataCapture {
  private volatile CaptureOptions options;
  private final ChangeQueue queue;
  private final WakeSignal wake;
  private final Counters counters = new Counters();
  private final StateHolder stateHolder = new StateHolder();
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch delivered = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean closed;
  private volatile @Nullable Thread runner;
  private final Delivery delivery;

  /** A capture with these options; nothing is opened before it runs. */
  public CaptureEngine(CaptureOptions options) {
    this.options = options;
    this.queue = new ChangeQueue(options.queueChanges(), options.queueBytes());
    WakeSignal signal = options.wakeSignal();
    this.wake = signal != null ? signal : WakeSignals.walIndexPolling();
    this.delivery =
        new Delivery(
            options.handler(), options.batchSize(), queue, counters, stateHolder::acknowledge);
  }

  @Override
  public void cdc() {
    run(session -> session.capture(false));
  }

  @Override
  public void bootstrap() {
    run(CaptureSession::bootstrap);
  }

  @Override
  public void bootstrapAndCdc() {
    run(session -> session.capture(true));
  }

  private void run(Consumer<CaptureSession> mode) {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("a capture runs once; build another one");
    }
    runner = Thread.currentThread();
    Thread capture = new Thread(() -> capture(mode), "waltap-capture");
    capture.setDaemon(true);
    try {
      if (!closed) {
        capture.start();
        delivery.run();
      }
    } finally {
      queue.stop();
      delivered.countDown();
      wake.wake();
      joinQuietly(capture);
      ended.countDown();
    }
    throwFailure();
  }

  private void capture(Consumer<CaptureSession> mode) {
    try (CaptureSession session =
        new CaptureSession(options, queue, options.listener(), wake, counters, stateHolder)) {
      try {
        mode.accept(session);
        queue.finish(null);
      } catch (StoppedException e) {
        queue.finish(null);
      } catch (Throwable e) {
        queue.finish(e);
      }
      session.letGo();
      // What the handler takes of the rest is saved, too.
      delivered.await();
    } catch (Throwable e) {
      queue.finish(e);
    }
  }

  private void joinQuietly(Thread capture) {
    boolean interrupted = false;
    while (capture.isAlive()) {
      try {
        capture.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void throwFailure() {
    Throwable failure = queue.failure();
    if (failure == null) {
      return;
    }
    throw failure instanceof CaptureException capture
        ? capture
        : Refusals.failed(options.database(), failure);
  }

  @Override
  public boolean setup() {
    StateDirectory directory = StateDirectory.at(options.setupDirectory());
    if (directory.exists()) {
      return false;
    }
    boolean made = !Files.exists(directory.path(), LinkOption.NOFOLLOW_LINKS);
    try {
      setUp(directory.path());
      return true;
    } finally {
      if (made && !directory.exists()) {
        directory.remove();
      }
    }
  }

  private void setUp(Path directory) {
    CaptureOptions withState = options.withStateDirectory(directory);
    try (CaptureSession session =
        new CaptureSession(
            withState, queue, withState.listener(), wake, counters, new StateHolder())) {
      session.setup();
    } catch (StoppedException e) {
      throw new CaptureException(Reason.FAILED, "setup was stopped; nothing was set up", e);
    } catch (DatabaseException e) {
      throw Refusals.failed(options.database(), e);
    }
    options = withState;
  }

  @Override
  public boolean teardown() {
    return StateDirectory.at(options.setupDirectory()).removeStateOf(options.database());
  }

  @Override
  public CaptureMetrics metrics() {
    Change waiting = queue.oldest();
    long oldest = counters.oldestMicros(waiting == null ? -1 : Backlog.micros(waiting.timestamp()));
    return new CaptureMetrics(
        delivery.position(),
        counters.lagFrames(),
        oldest < 0
            ? Duration.ZERO
            : Duration.ofNanos(Math.max(0, Backlog.nowMicros() - oldest) * 1000),
        counters.transactions(),
        counters.changes(),
        counters.bytes(),
        counters.frames(),
        counters.generations(),
        counters.laps(),
        counters.reconciles(),
        Duration.ofNanos(counters.reconcileNanos()),
        Duration.ofNanos(counters.readNanos()),
        queue.depth(),
        queue.bytes(),
        counters.pages(),
        counters.pageBytes(),
        counters.hitRate(),
        walBytes(),
        counters.walLimits());
  }

  // A look at the file, not at the log: what is asked for is what it takes of the disk.
  private long walBytes() {
    try {
      return Files.size(FileNames.beside(options.database().toRealPath(), "-wal"));
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public void close() {
    closed = true;
    queue.stop();
    wake.wake();
    if (!begun.get() || Thread.currentThread() == runner) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
