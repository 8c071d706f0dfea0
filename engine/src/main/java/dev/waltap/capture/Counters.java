package dev.waltap.capture;

/**
 * Counts what happens, for {@link dev.waltap.api.CaptureMetrics}. Written by the thread that each
 * counter belongs to, read by any: each is a volatile with a single writer.
 */
final class Counters {
  private volatile long transactions;
  private volatile long laps;
  private volatile long reconciles;
  private volatile long reconcileNanos;
  private volatile long frames;
  private volatile long generations;
  private volatile long lagFrames;
  private volatile long readNanos;
  private volatile long oldestMicros = -1;
  private volatile long changes;
  private volatile long bytes;

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  void transaction() {
    transactions++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  void lap() {
    laps++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the capture thread
  void reconcile(long nanos) {
    reconciles++;
    reconcileNanos += nanos;
  }

  void tail(Attachment attachment, Backlog backlog) {
    frames = backlog.frames();
    generations = attachment.tail().generation();
    lagFrames =
        Math.max(
            0L, attachment.tail().lastSeenFrame() - (long) attachment.tail().position().frame());
    readNanos = attachment.connection().readNanos();
    oldestMicros = backlog.oldestMicros();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the handler's thread
  void delivered(int count, long size) {
    changes += count;
    bytes += size;
  }

  long transactions() {
    return transactions;
  }

  long laps() {
    return laps;
  }

  long reconciles() {
    return reconciles;
  }

  long reconcileNanos() {
    return reconcileNanos;
  }

  long frames() {
    return frames;
  }

  long generations() {
    return generations;
  }

  long lagFrames() {
    return lagFrames;
  }

  long readNanos() {
    return readNanos;
  }

  long oldestMicros() {
    return oldestMicros;
  }

  long changes() {
    return changes;
  }

  long bytes() {
    return bytes;
  }
}
