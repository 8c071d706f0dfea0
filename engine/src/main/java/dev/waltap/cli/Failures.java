// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.CaptureException;
import dev.waltap.format.DatabaseException;
import dev.waltap.handler.Causes;
import dev.waltap.handler.ClosedPipeException;
import java.io.IOException;

/** Says what went wrong, in one line, and by an exit code. */
final class Failures {

  private Failures() {}

  static int report(Throwable failure, Console console) {
    if (Causes.find(ClosedPipeException.class, failure) != null) {
      return ExitCode.CLOSED_PIPE;
    }
    console.error(message(failure));
    console.stackTrace(failure);
    return failure instanceof CaptureException capture
            && capture.reason() == CaptureException.Reason.GAP
        ? ExitCode.GAP
        : ExitCode.FAILED;
  }

  private static String message(Throwable failure) {
    if (failure instanceof CaptureException || failure instanceof DatabaseException) {
      return withCause(failure);
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory, delivered events are safe: give it more, with java -Xmx, or"
          + " WALTAP_JAVA_OPTS=-Xmx1g for bin/waltap";
    }
    if (failure instanceof IOException && failure.getMessage() != null) {
      return failure.getMessage();
    }
    return "internal error, a fault of waltap itself: "
        + failure
        + "; run it again with --verbose and report what it says";
  }

  /** A handler's failure is known by its cause; the wrapping may not repeat it. */
  private static String withCause(Throwable failure) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    Throwable cause = failure.getCause();
    String why = cause == null ? null : cause.getMessage();
    boolean handler =
        failure instanceof CaptureException capture
            && capture.reason() == CaptureException.Reason.HANDLER;
    return handler && why != null && !message.contains(why) ? message + ": " + why : message;
  }
}
