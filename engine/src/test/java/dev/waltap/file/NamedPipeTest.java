// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class NamedPipeTest {
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();
  private int opened;
  private int closed;

  private NamedPipe pipe(Runnable whileItWaits) {
    return new NamedPipe(
        () -> {
          opened++;
          whileItWaits.run();
          return new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
              read.write(bytes, offset, length);
            }

            @Override
            public void close() {
              closed++;
            }
          };
        });
  }

  @Test
  void isOpenedOnceByTheFirstWrite() throws IOException {
    try (NamedPipe pipe = pipe(() -> {})) {
      assertThat(opened).isZero();
      pipe.write(1);
      pipe.write(new byte[] {0, 2, 3}, 1, 2);
    }
    assertThat(read.toByteArray()).containsExactly(1, 2, 3);
    assertThat(opened).isEqualTo(1);
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void writesNothingOnceClosedEvenIfAReaderComesThen() {
    NamedPipe[] self = new NamedPipe[1];
    self[0] =
        pipe(
            () -> {
              try {
                self[0].close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThatThrownBy(() -> self[0].write(1)).hasMessageContaining("closed");
    assertThat(read.size()).isZero();
    assertThat(closed).isEqualTo(1);
  }

  @Test
  void thatWasNeverOpenedIsClosedWithoutAWord() throws IOException {
    pipe(() -> {}).close();
    assertThat(opened).isZero();
  }
}
