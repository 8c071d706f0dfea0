// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.CaptureBuilder;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo with a real capture. */
class DemoCommandTest {

  private static final long SLOW_NANOS = 60_000_000;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(OutputStream to, String... args) {
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Main.run(
        new Shell(to, errors, false, CaptureBuilder::build, new StopSignals(code -> {})), args);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Takes longer for each transaction than the application waits between two. */
  private OutputStream slow() {
    return new OutputStream() {
      @Override
      public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        LockSupport.parkNanos(SLOW_NANOS);
        out.write(bytes, offset, length);
      }
    };
  }

  @Test
  @Tag("slow")
  void aSlowReaderGetsEachEventUnderTheSqlThatItCameFrom() {
    assertThat(run(slow(), "demo", "--count", "10060")).isZero();
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (String block : out().split("\n\n", -1)) {
      // Of the statements of one word the event has the same.
      for (String verb : List.of("UPDATE", "DELETE")) {
        if (block.startsWith("sql    " + verb)) {
          checked++;
          if (!block.contains("\nevent  " + verb)) {
            wrong.add(block);
          }
        }
      }
      if (block.startsWith("sql    BEGIN\n       INSERT INTO orders")) {
        checked++;
        if (!block.contains("UPDATE products") || !block.contains("INSERT orders")) {
          wrong.add(block);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isGreaterThan(20);
    assertThat(out()).contains("\n0 bytes written to the database by Waltap");
  }

  @Test
  void theStoryEndsByItself() {
    assertThat(run(out, "demo")).isZero();
    assertThat(out())
        .contains("price 123.05 → 99.95")
        .contains("event  none: it was rolled back")
        .contains("SCHEMA products: + color TEXT")
        .contains("event  DELETE products 3:", "       INSERT products 9:")
        .contains("INSERT visits: 10,000 events")
        .contains("10,009 changes emitted, of 7 transactions, none of what was rolled back;");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("; Ctrl-C closes it").hasLineCount(2);
  }
}
