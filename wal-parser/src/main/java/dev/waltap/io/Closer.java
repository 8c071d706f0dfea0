// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Closes what was opened through it, the last first, all of it, whatever any of it throws. The one
 * idiom for everything that opens several things:
 *
 * <pre>{@code
 * Closer closer = new Closer();
 * try {
 *   Connection connection = closer.open(() -> connect(path));
 *   Statement statement = closer.open(connection::createStatement);
 *   return new Whole(connection, statement, closer);
 * } catch (Throwable e) {
 *   closer.closeAfter(e);
 *   throw e;
 * }
 * }</pre>
 *
 * <p>and {@code Whole.close()} is {@code closer.close()}. Everything that must be allocated to
 * remember a thing is allocated before the thing is opened, so that not even an {@link
 * OutOfMemoryError} leaves it open.
 *
 * <p>For one thread at a time.
 */
public final class Closer implements AutoCloseable {

  /** Opens something. */
  @FunctionalInterface
  public interface Opening<T, X extends Exception> {

    /** Opens it. */
    T open() throws X;
  }

  /** Closes something that is not {@link AutoCloseable}. */
  @FunctionalInterface
  public interface Closing<T> {

    /** Closes it. */
    void close(T thing) throws Exception;
  }

  private static final class Entry<T> {
    final Closing<? super T> closing;
    @Nullable T thing;
    @Nullable Entry<?> earlier;

    Entry(Closing<? super T> closing) {
      this.closing = closing;
    }

    void close() throws Exception {
      T opened = thing;
      thing = null;
      if (opened != null) {
        closing.close(opened);
      }
    }
  }

  private @Nullable Entry<?> last;

  /** Opens something that {@link #close} closes. */
  public <T extends AutoCloseable, X extends Exception> T open(Opening<T, X> opening) throws X {
    return open(opening, AutoCloseable::close);
  }

  /** Opens something that {@link #close} closes in this way. */
  public <T, X extends Exception> T open(Opening<T, X> opening, Closing<? super T> closing)
      throws X {
    Entry<T> entry = new Entry<>(closing);
    T thing = opening.open();
    entry.thing = thing;
    entry.earlier = last;
    last = entry;
    return thing;
  }

  /**
   * Closes everything after a failure, which it returns, to be thrown; what fails in closing is
   * suppressed by it.
   */
  public <X extends Throwable> X closeAfter(X failure) {
    closeAll(failure);
    return failure;
  }

  /**
   * Closes everything after a failure, and only then finds other words for it, to be thrown: even
   * an {@link Error} in finding them leaves nothing open.
   */
  public <E extends Throwable, X extends Throwable> X closeAfter(
      E failure, Function<? super E, X> words) {
    closeAll(failure);
    return words.apply(failure);
  }

  /** Closes everything; again: nothing. Throws what failed first, when all is closed. */
  @Override
  public void close() {
    Throwable failure = closeAll(null);
    if (failure instanceof Error error) {
      throw error;
    } else if (failure instanceof RuntimeException runtime) {
      throw runtime;
    } else if (failure instanceof IOException io) {
      throw new UncheckedIOException(io);
    } else if (failure != null) {
      throw new IllegalStateException("closing failed: " + failure.getMessage(), failure);
    }
  }

  private @Nullable Throwable closeAll(@Nullable Throwable before) {
    Throwable failure = before;
    while (last != null) {
      Entry<?> entry = last;
      last = entry.earlier;
      try {
        entry.close();
      } catch (Throwable e) {
        failure = failure == null ? e : suppress(failure, e);
      }
    }
    return failure;
  }

  @SuppressWarnings("ReferenceEquality") // A throwable must not suppress itself.
  private static Throwable suppress(Throwable failure, Throwable also) {
    try {
      if (failure != also) {
        failure.addSuppressed(also);
      }
    } catch (OutOfMemoryError e) {
      return failure; // What failed first is what counts.
    }
    return failure;
  }
}
