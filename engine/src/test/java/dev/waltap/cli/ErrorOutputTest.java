// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A standard error that nobody reads holds nobody up. */
@Timeout(60)
class ErrorOutputTest {
  private static final long LONG = TimeUnit.SECONDS.toNanos(30);

  private final ByteArrayOutputStream read = new ByteArrayOutputStream();
  private final CountDownLatch reader = new CountDownLatch(1);

  @AfterEach
  void release() {
    reader.countDown();
  }

  /** A pipe that is full until somebody reads. */
  private OutputStream fullPipe() {
    return new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        try {
          reader.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        read.write(bytes, offset, length);
      }
    };
  }

  private static Console console(ErrorOutput output) {
    PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
    return new Console(stream, false, false, false, System::nanoTime);
  }

  @Test
  void whatIsWrittenIsThereWhenTheCallReturns() {
    Console console = console(new ErrorOutput(read));
    for (int i = 0; i < 100; i++) {
      console.warning("number " + i);
      assertThat(read.toString(StandardCharsets.UTF_8))
          .endsWith("waltap: warning: number " + i + "\n");
    }
  }

  @Test
  void aPipeThatNobodyReadsHoldsUpNoWarningAndSaysLaterWhatItMissed() {
    ErrorOutput output = new ErrorOutput(fullPipe());
    Console console = console(output);
    String padding = "x".repeat(1000);
    int lines = 2 * ErrorOutput.MAX_BYTES / 1000;
    // A test that fails here hangs, and its time limit ends it.
    for (int i = 0; i < lines; i++) {
      console.warning(i + " " + padding);
    }
    assertThat(output.awaitThrough(0)).isFalse();
    reader.countDown();
    assertThat(output.awaitThrough(LONG)).isTrue();
    console.warning("read again");
    assertThat(output.awaitThrough(LONG)).isTrue();
    String[] got = read.toString(StandardCharsets.UTF_8).split("\n");
    int missed = 0;
    int whole = 0;
    for (String line : got) {
      if (line.endsWith(" lines are left out here: nobody read standard error")) {
        missed += Integer.parseInt(line.split(" ")[1]);
      } else if (line.equals("waltap: warning: " + whole + " " + padding)) {
        whole++;
      } else {
        assertThat(line).isEqualTo("waltap: warning: read again");
      }
    }
    assertThat(whole).isPositive();
    assertThat(missed).isPositive();
    assertThat(whole + missed).isEqualTo(lines);
  }
}
