// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
  private final List<String> closed = new ArrayList<>();
  private final Closer closer = new Closer();

  private void open(String name) {
    closer.open(() -> name, closed::add);
  }

  private void openFailing(String name, Throwable failure) {
    closer.open(
        () -> name,
        thing -> {
          closed.add(thing);
          if (failure instanceof Error error) {
            throw error;
          }
          throw (Exception) failure;
        });
  }

  @Test
  void closesTheLastFirstAndOnlyOnce() {
    open("a");
    open("b");
    closer.close();
    closer.close();
    assertThat(closed).containsExactly("b", "a");
  }

  @Test
  void closesAllWhateverOneOfThemThrows() {
    OutOfMemoryError first = new OutOfMemoryError("in the middle");
    IOException second = new IOException("disk");
    open("a");
    openFailing("b", second);
    openFailing("c", first);
    open("d");
    assertThatThrownBy(closer::close).isSameAs(first).hasSuppressedException(second);
    assertThat(closed).containsExactly("d", "c", "b", "a");
  }

  @Test
  void wrapsWhatIsChecked() {
    openFailing("a", new IOException("disk"));
    assertThatThrownBy(closer::close).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void keepsTheFailureThatItClosesAfter() {
    IllegalStateException failure = new IllegalStateException("first");
    IOException later = new IOException("disk");
    openFailing("a", later);
    open("b");
    assertThat(closer.closeAfter(failure)).isSameAs(failure).hasSuppressedException(later);
    assertThat(closed).containsExactly("b", "a");
  }

  @Test
  void closesAlsoWhenNoWordsAreFoundForTheFailure() {
    OutOfMemoryError error = new OutOfMemoryError("no words");
    open("a");
    assertThatThrownBy(
            () ->
                closer.closeAfter(
                    new IOException("disk"),
                    failure -> {
                      throw error;
                    }))
        .isSameAs(error);
    assertThat(closed).containsExactly("a");
  }

  @Test
  void doesNotCloseWhatDidNotOpen() {
    open("a");
    assertThatThrownBy(
            () ->
                closer.<String, IOException>open(
                    () -> {
                      throw new IOException("not there");
                    },
                    closed::add))
        .isInstanceOf(IOException.class);
    closer.close();
    assertThat(closed).containsExactly("a");
  }
}
