package dev.waltap.capture;

/** Unwinds the capture thread when the handler's side has ended; never seen by users. */
final class StoppedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  StoppedException() {
    super("stopped", null, false, false);
  }
}
