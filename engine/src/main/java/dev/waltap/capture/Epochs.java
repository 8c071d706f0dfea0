package dev.waltap.capture;

/** Which epoch a WAL generation is told under. For the capture thread. */
final class Epochs {
  private long current;
  private long firstGeneration;

  /** Begins a new epoch, for a bootstrap or a reconcile. */
  long next() {
    return ++current;
  }

  /** The tail starts in this generation: it belongs to the epoch begun last. */
  void startAt(long generation) {
    firstGeneration = generation - current;
  }

  /** The epoch of a generation of the tail's. */
  long ofGeneration(long generation) {
    current = generation - firstGeneration;
    return current;
  }

  /** The epoch begun last. */
  long current() {
    return current;
  }
}
