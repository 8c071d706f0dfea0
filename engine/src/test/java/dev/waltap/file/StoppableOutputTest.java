// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.handler.DeliveryStoppedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StoppableOutputTest {
  private static final long GRACE = TimeUnit.MILLISECONDS.toNanos(100);

  private final ByteArrayOutputStream read = new ByteArrayOutputStream();

  private OutputStream waitingFor(CountDownLatch reader) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        try {
          reader.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        read.write(b);
      }
    };
  }

  @Test
  void givesUpAWriteThatLastsAfterAStopAndWritesNothingAfterIt() throws IOException {
    CountDownLatch reader = new CountDownLatch(1);
    StoppableOutput output = new StoppableOutput(waitingFor(reader), "the pipe", GRACE);
    output.stop();
    assertThatThrownBy(() -> output.write(new byte[] {1, 2}))
        .isInstanceOf(DeliveryStoppedException.class)
        .hasMessageContaining("the pipe took nothing");
    assertThatThrownBy(() -> output.write(3)).isInstanceOf(DeliveryStoppedException.class);
    reader.countDown();
    output.close();
  }

  @Test
  void writesOnAfterAStopWhatIsTaken() throws IOException {
    StoppableOutput output = new StoppableOutput(read, "the pipe", GRACE);
    output.write(new byte[] {0, 1, 2, 3}, 1, 2);
    output.stop();
    output.write(3);
    assertThat(read.toByteArray()).containsExactly(1, 2, 3);
    output.close();
  }

  @Test
  void passesOnWhatAWriteThrowsAndCanBeWrittenToAgain() throws IOException {
    IOException failure = new IOException("no space");
    boolean[] full = {true};
    OutputStream disk =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            if (full[0]) {
              throw failure;
            }
            read.write(b);
          }
        };
    try (StoppableOutput output = new StoppableOutput(disk, "the pipe")) {
      assertThatThrownBy(() -> output.write(1)).isSameAs(failure);
      full[0] = false;
      output.write(2);
      assertThat(read.toByteArray()).containsExactly(2);
    }
  }

  @Test
  void anInterruptIsKeptForLater() throws IOException {
    try (StoppableOutput output = new StoppableOutput(read, "the pipe")) {
      Thread.currentThread().interrupt();
      output.write(1);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(read.toByteArray()).containsExactly(1);
    }
  }
}
