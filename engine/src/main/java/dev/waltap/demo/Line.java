// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * A line, or a part of one, as it is written.
 *
 * @param text with escape sequences where it has colours
 * @param columns how many columns it takes
 */
record Line(String text, int columns) {

  static final Line EMPTY = new Line("", 0);

  /**
   * Breaks words into lines of a width.
   *
   * @param indent what stands before all but the first
   */
  static List<Line> wrap(List<Word> words, String indent, int width, boolean color) {
    List<Line> lines = new ArrayList<>();
    Line line = EMPTY;
    String gap = "";
    for (Word word : words) {
      boolean fits = line.columns + gap.length() + word.text().length() <= width;
      if (!fits && !gap.isEmpty()) {
        lines.add(line);
        line = new Line(indent, indent.length());
        gap = "";
      }
      String shown = clip(word.text(), width - line.columns - gap.length());
      line =
          new Line(
              line.text + gap + word.style().paint(shown, color),
              line.columns + gap.length() + shown.length());
      gap = " ";
    }
    lines.add(line);
    return lines;
  }

  private static String clip(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
  }

  /** This line, blanks up to a column, and another one. */
  Line then(int column, Line other) {
    if (other.columns == 0) {
      return this;
    }
    String blanks = " ".repeat(Math.max(0, column - columns));
    return new Line(text + blanks + other.text, columns + blanks.length() + other.columns);
  }
}
