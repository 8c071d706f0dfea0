// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.Change;
import dev.waltap.handler.ClosedPipeException;
import dev.waltap.json.BlobFormat;
import dev.waltap.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputTest {

  @Test
  void writesLinesAndFlushesOncePerBatch() throws IOException {
    int[] flushes = {0};
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void flush() {
            flushes[0]++;
          }
        };
    List<Change> batch = List.of(insert(row("id", 1L)), insert(row("id", 2L)));
    new JsonLinesHandler(out, BlobFormat.HEX).handleChanges(batch);
    assertThat(out.toString(StandardCharsets.UTF_8)).matches("(\\{\"table\":[^\\n]*\\}\\n){2}");
    assertThat(flushes[0]).isEqualTo(1);
    out.reset();
    new TextHandler(out).handleChanges(batch);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("2026-11-22T10:00:00.123456Z: users INSERT\n".repeat(2));
    assertThat(flushes[0]).isEqualTo(2);
  }

  @Test
  void keepsNamesOnTheirLine() {
    assertThat(JsonText.oneLine("a\nb\uD800")).isEqualTo("a\\u000Ab\uFFFD");
  }

  @Test
  void distinguishesAClosedPipeFromAFullDisk() {
    assertThatThrownBy(() -> failing("whatever the locale says", true))
        .isInstanceOf(ClosedPipeException.class);
    assertThatThrownBy(() -> failing("Broken pipe", false)).isInstanceOf(ClosedPipeException.class);
    assertThatThrownBy(() -> failing("No space left on device", false))
        .isNotInstanceOf(ClosedPipeException.class)
        .hasMessageContaining("No space left");
  }

  private static void failing(String message, boolean pipe) throws IOException {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(message);
          }
        };
    new JsonLinesHandler(new StandardOutput(broken, pipe), BlobFormat.HEX)
        .handleChanges(List.of(insert(row("id", 1L))));
  }
}
