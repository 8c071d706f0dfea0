// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

  private static Terminal terminal(int columns, Map<String, String> environment) {
    return new Terminal(true, () -> columns, environment);
  }

  @Test
  void aTerminalHasColoursUnlessSomeoneForbidsThem() {
    assertThat(terminal(80, Map.of("TERM", "xterm")).isColored()).isTrue();
    assertThat(terminal(80, Map.of("TERM", "xterm", "NO_COLOR", "")).isColored()).isTrue();
    assertThat(terminal(80, Map.of("TERM", "xterm", "NO_COLOR", "1")).isColored()).isFalse();
    assertThat(terminal(80, Map.of("TERM", "dumb")).isColored()).isFalse();
    assertThat(terminal(80, Map.of()).isColored()).isFalse();
    assertThat(new Terminal(false, () -> 0, Map.of("TERM", "xterm")).isColored()).isFalse();
  }

  @Test
  void onADumbTerminalNoLineIsWrittenOver() {
    assertThat(terminal(80, Map.of("TERM", "dumb")).moves()).isFalse();
    assertThat(terminal(80, Map.of("TERM", "xterm", "NO_COLOR", "1")).moves()).isTrue();
  }

  @Test
  void columnsAreAskedForThenMeasuredThenEighty() {
    assertThat(terminal(132, Map.of("COLUMNS", "100")).columns()).isEqualTo(100);
    assertThat(terminal(132, Map.of("COLUMNS", "wide")).columns()).isEqualTo(132);
    assertThat(terminal(132, Map.of("COLUMNS", "0")).columns()).isEqualTo(132);
    assertThat(terminal(0, Map.of("COLUMNS", "-3")).columns()).isEqualTo(80);
    assertThat(Terminal.NONE.columns()).isEqualTo(80);
  }
}
