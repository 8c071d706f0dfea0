// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * SIGINT, SIGTERM and SIGHUP: the first asks the command to end in order, a second ends the process
 * where it stands. A shutdown hook could do neither: it learns no number, and a second signal does
 * nothing while hooks run. SIGHUP reopens an output that is a file, for log rotation, and ends the
 * command where there is none, as when its terminal is gone.
 *
 * <p>Signals arrive on threads of the JVM; {@link #onStop} is for the command's thread.
 */
final class StopSignals {

  private static final int HANGUP = 1;
  private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

  private final IntConsumer halt;
  private int received;
  private @Nullable Runnable stop;
  private @Nullable Runnable hangup;

  /**
   * Signals that nobody raises yet.
   *
   * @param halt ends the process at once with an exit code
   */
  StopSignals(IntConsumer halt) {
    this.halt = halt;
  }

  /** Takes over this process's signals. */
  static StopSignals ofProcess() {
    StopSignals signals = new StopSignals(Runtime.getRuntime()::halt);
    for (String name : NAMES) {
      signals.handle(name);
    }
    return signals;
  }

  /**
   * {@code sun.misc.Signal} is in every JDK, by the module jdk.unsupported, but the compiler warns
   * of each mention; hence by reflection. Where it is missing, the JVM's own way of ending stays.
   */
  private void handle(String name) {
    try {
      Class<?> signalClass = Class.forName("sun.misc.Signal");
      Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
      Object signal = signalClass.getConstructor(String.class).newInstance(name);
      int number = (Integer) signalClass.getMethod("getNumber").invoke(signal);
      Object handler =
          Proxy.newProxyInstance(
              StopSignals.class.getClassLoader(),
              new Class<?>[] {handlerClass},
              (proxy, method, args) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      raise(number);
                      yield null;
                    }
                    case "equals" -> proxy == args[0];
                    case "hashCode" -> number;
                    default -> "waltap";
                  });
      signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, handler);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // Not known here, or the JVM keeps it for itself (-Xrs).
      return;
    }
  }

  /** A signal has come. */
  void raise(int number) {
    Runnable action;
    synchronized (this) {
      action = number == HANGUP && hangup != null ? hangup : stopping(number);
    }
    if (action != null) {
      action.run();
    }
  }

  private synchronized @Nullable Runnable stopping(int number) {
    if (received != 0) {
      halt.accept(ExitCode.ofSignal(number));
      return null;
    }
    received = number;
    return stop;
  }

  /** Says what SIGHUP does from now on, rather than to end the command; null for that. */
  synchronized void onHangup(@Nullable Runnable action) {
    hangup = action;
  }

  /** Says how to stop from now on; runs it at once if a signal has come already. */
  void onStop(Runnable action) {
    synchronized (this) {
      stop = action;
      if (received == 0) {
        return;
      }
    }
    action.run();
  }

  /** The number of the signal that came, or 0. */
  synchronized int received() {
    return received;
  }
}
