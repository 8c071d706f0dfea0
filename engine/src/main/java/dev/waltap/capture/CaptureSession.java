package dev.waltap.capture;

import dev.waltap.api.CaptureException;
import dev.waltap.api.CaptureException.Reason;
import dev.waltap.api.CaptureListener;
import dev.waltap.api.CaptureOptions;
import dev.waltap.api.WakeSignal;
import dev.waltap.format.CorruptDatabaseException;
import dev.waltap.page.UnknownPageException;
import dev.waltap.wal.WalTail;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of a capture, on the capture thread: attach, tail, decode, reconcile. Copying out of the
 * WAL never waits: whatever else is done calls {@link #pump} every now and then.
 */
final class CaptureSession implements AutoCloseable {
  private static final int FRAMES_PER_POLL = 256;
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long FILE_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final CaptureOptions options;
  private final ChangeQueue queue;
  private final CaptureListener listener;
  private final WakeSignal wake;
  private final Counters counters;
  private final Attachment attachment;
  private final Guard guard;
  private final ForeignWrites foreignWrites;
  private final Baseline baseline;
  private final Backlog backlog;
  private final Epochs epochs = new Epochs();
  private final Emitter emitter;
  private @Nullable TransactionDecoder decoder;
  private boolean lapped;
  private long lastFileCheck = System.nanoTime();

  CaptureSession(
      CaptureOptions options,
      ChangeQueue queue,
      CaptureListener listener,
      WakeSignal wake,
      Counters counters) {
    this.options = options;
    this.queue = queue;
    this.listener = listener;
    this.wake = wake;
    this.counters = counters;
    this.attachment = Attachment.open(options.database());
    this.guard =
        new Guard(options.guard(), options.walLimit(), attachment, listener, System::nanoTime);
    this.foreignWrites = new ForeignWrites(attachment);
    this.baseline = new Baseline(options, attachment, listener);
    WalTail tail = attachment.tail();
    this.backlog =
        new Backlog(
            baseline.buffers(),
            options.pageSetMemory() / 4,
            options.walLimit(),
            epochs::ofGeneration,
            tail::position);
    this.emitter = new Emitter(queue, options.schemaEvents(), this::pump);
  }

  /** Delivers the snapshot's rows, and ends. */
  void bootstrap() {
    attach();
    bootstrapRows();
  }

  /** Delivers changes from now on, after the snapshot's rows if so wanted. */
  void capture(boolean rowsFirst) {
    attach();
    wake.start(this::hasNews, attachment.database());
    listener.ready();
    if (rowsFirst) {
      bootstrapRows();
    }
    run();
  }

  private void attach() {
    epochs.next();
    attachment.tail().startAt(baseline.take());
    epochs.startAt(attachment.tail().generation());
    decoder = baseline.decoder(emitter);
    counters.pageSet(baseline.pageSet());
  }

  private void bootstrapRows() {
    new BootstrapRows(baseline, emitter, listener)
        .emit(epochs.current(), attachment.tail().position().frame());
  }

  private void run() {
    while (!queue.isStopped()) {
      pump();
      CommittedTransaction transaction = backlog.poll();
      if (transaction != null) {
        decode(transaction);
        backlog.recycle(transaction);
      } else if (lapped) {
        closeGap();
      } else if (options.once()) {
        return;
      } else {
        idle();
      }
    }
  }

  private void idle() {
    long untilNext = guard.idle();
    checkFiles();
    wake.await(Math.min(IDLE_NANOS, untilNext));
  }

  private boolean hasNews() {
    return queue.isStopped() || attachment.tail().hasNews();
  }

  private void decode(CommittedTransaction transaction) {
    TransactionDecoder current = requireDecoder();
    try {
      current.decode(transaction);
      counters.transaction();
      counters.pageSet(baseline.pageSet());
    } catch (UnknownPageException | CorruptDatabaseException e) {
      // The log alone does not tell; the snapshot does, and says so if the database is corrupt.
      listener.detail("transaction at frame " + transaction.frame() + ": " + e.getMessage());
      throw new CaptureException(
          Reason.FAILED,
          attachment.database() + ": a transaction can't be followed: " + e.getMessage(),
          e);
    }
  }

  private TransactionDecoder requireDecoder() {
    if (decoder == null) {
      throw new IllegalStateException("not attached");
    }
    return decoder;
  }

  /** Copies what is new out of the WAL, unless the backlog is full; never waits. */
  void pump() {
    if (lapped || queue.isStopped()) {
      return;
    }
    boolean full = backlog.isFull();
    guard.beforePoll(full);
    if (full) {
      counters.tail(attachment, backlog, guard);
      return;
    }
    switch (attachment.tail().poll(backlog, FRAMES_PER_POLL)) {
      case TORN -> {
        guard.release();
        attachment.connection().touch();
      }
      case GAP -> lapped = true;
      case NOTHING, TRANSACTIONS -> {}
    }
    counters.tail(attachment, backlog, guard);
  }

  private void checkFiles() {
    long now = System.nanoTime();
    if (now - lastFileCheck >= FILE_CHECK_NANOS) {
      lastFileCheck = now;
      attachment.requireSameFiles();
      if (!lapped && foreignWrites.found()) {
        listener.warning("the database file was written to by something other than SQLite");
        lapped = true;
      }
    }
  }

  private void closeGap() {
    counters.lap();
    attachment.requireSameFiles();
    switch (options.onGap()) {
      case FAIL ->
          throw new CaptureException(
              Reason.GAP,
              attachment.database()
                  + ": the WAL was reused before it was read, so history was lost; start again"
                  + " with --on-gap reconcile for the net changes, or bootstrap for everything");
      case BOOTSTRAP -> {
        listener.warning("history was lost: starting over with a bootstrap");
        guard.release();
        baseline.clear();
        lapped = false;
        attach();
        bootstrapRows();
      }
      case RECONCILE -> reconcile();
    }
  }

  private void reconcile() {
    long begun = System.nanoTime();
    listener.warning("history was lost: telling the net changes as one transaction");
    guard.release();
    CommittedTransaction net = backlog.take();
    attachment.tail().startAt(baseline.delta(net, epochs.next(), requireDecoder().catalog()));
    epochs.startAt(attachment.tail().generation());
    lapped = false;
    decode(net);
    backlog.recycle(net);
    counters.reconcile(System.nanoTime() - begun);
  }

  @Override
  public void close() {
    try (Attachment last = attachment;
        Baseline pages = baseline;
        Backlog waiting = backlog) {
      wake.close();
      guard.close();
    }
  }
}
