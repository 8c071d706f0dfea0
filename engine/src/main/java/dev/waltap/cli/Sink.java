// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.Change;
import dev.waltap.api.ChangesHandler;
import dev.waltap.io.Closer;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An opened output.
 *
 * @param handler takes the changes
 * @param stop makes the handler abandon what it only retries; for any thread
 * @param reopen checks whether the output was rotated; null where there is nothing to rotate; for
 *     any thread
 * @param closing releases the output when the capture has ended
 */
record Sink(
    ChangesHandler handler, Runnable stop, @Nullable BooleanSupplier reopen, Closeable closing)
    implements Closeable {

  /**
   * Opens all of them, as one output. Each batch goes to one after the other, and counts as
   * delivered when the last one has it; what fails in one fails the batch. Then those before it may
   * have it already, and are given it again by the next start.
   */
  static Sink open(List<Destination> destinations, Shell shell, Console console)
      throws IOException {
    Closer closer = new Closer();
    try {
      List<Sink> sinks = new ArrayList<>();
      for (Destination each : destinations) {
        sinks.add(closer.open(() -> each.open(shell, console)));
      }
      return sinks.size() == 1 ? sinks.get(0) : together(sinks, closer);
    } catch (Throwable e) {
      closer.closeAfter(e);
      throw e;
    }
  }

  private static Sink together(List<Sink> sinks, Closer closer) {
    List<BooleanSupplier> reopening = new ArrayList<>();
    for (Sink sink : sinks) {
      BooleanSupplier reopen = sink.reopen();
      if (reopen != null) {
        reopening.add(reopen);
      }
    }
    return new Sink(
        new InTurn(sinks.stream().map(Sink::handler).toList()),
        () -> sinks.forEach(sink -> sink.stop().run()),
        reopening.isEmpty() ? null : () -> allReopened(reopening),
        closer::close);
  }

  private static boolean allReopened(List<BooleanSupplier> reopening) {
    boolean all = true;
    for (BooleanSupplier reopen : reopening) {
      all &= reopen.getAsBoolean();
    }
    return all;
  }

  /** The same for whoever need not know whether it worked, since what failed was reported. */
  @Nullable Runnable reopening() {
    BooleanSupplier known = reopen;
    return known == null
        ? null
        : () -> {
          var unused = known.getAsBoolean();
        };
  }

  @Override
  public void close() throws IOException {
    closing.close();
  }

  /** Each batch goes to one after the other. */
  record InTurn(List<ChangesHandler> handlers) implements ChangesHandler {

    @Override
    public void handleChanges(List<Change> changes) throws Exception {
      for (ChangesHandler handler : handlers) {
        handler.handleChanges(changes);
      }
    }

    @Override
    public void flush() throws Exception {
      for (ChangesHandler handler : handlers) {
        handler.flush();
      }
    }
  }
}
