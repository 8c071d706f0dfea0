// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.text.Style;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutTest {

  private static final List<String> SQL = List.of("UPDATE products SET price = 99.95 -- the lamp");
  private static final List<List<Word>> EVENTS =
      List.of(
          List.of(
              new Word("UPDATE", Style.CHANGED),
              Word.plain("products"),
              Word.plain("1:"),
              Word.plain("price"),
              new Word("123.05", Style.REMOVED),
              Word.faint("→"),
              new Word("99.95", Style.ADDED)));

  @Test
  void eventsAreUnderTheirSqlInANarrowTerminal() {
    assertThat(new Layout(60, false).head()).isEmpty();
    assertThat(new Layout(60, false).block(SQL, EVENTS, "0.42 ms"))
        .isEqualTo(
            """
            sql    UPDATE products SET price = 99.95 -- the lamp
            event  UPDATE products 1: price 123.05 → 99.95       0.42 ms

            """);
  }

  @Test
  void eventsAreBesideTheirSqlInAWideTerminal() {
    Layout layout = new Layout(Layout.BESIDE, false);
    assertThat(layout.head() + layout.block(SQL, EVENTS, "0.42 ms"))
        .isEqualTo(
            ("what the application ran".concat(" ".repeat(30)) + " │ what Waltap emitted")
                + " ".repeat(37)
                + "latency\n"
                + "UPDATE products SET price = 99.95 -- the lamp          │ UPDATE products 1: price"
                + " 123.05 → 99.95"
                + " ".repeat(17)
                + "0.42 ms\n\n");
  }

  @Test
  void longLinesAreBrokenBetweenWords() {
    assertThat(new Layout(40, false).block(SQL, EVENTS, "0.42 ms"))
        .isEqualTo(
            """
            sql    UPDATE products SET price = 99.95
                     -- the lamp
            event  UPDATE products 1: price  0.42 ms
                     123.05 → 99.95

            """);
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 47, 63, 80, 119, 120, 150, 169, 1000})
  void noLineIsWiderThanTheTerminal(int columns) {
    Layout layout = new Layout(columns, false);
    List<List<Word>> events =
        List.of(Word.all("x".repeat(400), Style.PLAIN), Word.all("a b ".repeat(99), Style.PLAIN));
    String text =
        layout.head()
            + layout.block(List.of("SELECT " + "y".repeat(300)), events, "1234 ms")
            + layout.paragraph(Word.all("c d ".repeat(99), Style.PLAIN));
    assertThat(text.lines())
        .allMatch(line -> line.length() <= columns)
        .anyMatch(line -> line.contains("…"));
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 120})
  void coloursChangeNoPlace(int columns) {
    String plain = new Layout(columns, false).block(SQL, EVENTS, "0.42 ms");
    String colored = new Layout(columns, true).block(SQL, EVENTS, "0.42 ms");
    assertThat(colored).contains("\u001B[31m123.05\u001B[0m", "\u001B[32m99.95\u001B[0m");
    assertThat(colored.replaceAll("\u001B\\[\\d+m", "")).isEqualTo(plain);
  }
}
