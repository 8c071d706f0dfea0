// SPDX-License-Identifier: Apache-2.0
package dev.waltap.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatedTextTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final JsonBytes json = new JsonBytes(out);
  private final RepeatedText part = new RepeatedText();
  private int pieces;

  /** The part, and something between it and the next one. */
  private void write(String text, long number) throws IOException {
    if (!part.write("a", "b", "c", number, 0, json)) {
      pieces++;
      json.string(text);
      part.written(json);
    }
    json.ascii("|");
  }

  private String written() throws IOException {
    json.flush();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void isKeptOnceItWasWrittenTwice() throws IOException {
    for (int i = 0; i < 5; i++) {
      write("x", 1);
    }
    write("y", 2);
    assertThat(written()).isEqualTo("\"x\"|".repeat(5) + "\"y\"|");
    assertThat(pieces).isEqualTo(3);
  }

  /**
   * One that is flushed while it is written may end in the buffer a little behind its beginning.
   */
  @ParameterizedTest
  @ValueSource(ints = {500, 600, 4_500, 8_700, 9_000, 31_000, 32_900, 40_000})
  void isWrittenPieceByPieceIfItDoesNotFit(int size) throws IOException {
    String text = "x".repeat(size);
    for (int start = 0; start < 2_000; start += 50) {
      out.reset();
      for (int i = 0; i < 4; i++) {
        json.flush();
        json.ascii(" ".repeat(start));
        write(text, start);
      }
      String expected = (" ".repeat(start) + "\"" + text + "\"|").repeat(4);
      assertThat(written().equals(expected)).as("from %d on", start).isTrue();
    }
  }
}
