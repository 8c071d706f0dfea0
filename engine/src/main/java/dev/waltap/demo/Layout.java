// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import dev.waltap.text.Style;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts SQL and events beside each other where a line has room for both, else under each other.
 *
 * @param columns the width of a line
 */
record Layout(int columns, boolean color) {

  /** From this width on they are beside each other. */
  static final int BESIDE = 120;

  /** Longer lines are hard to read. */
  private static final int WIDEST = 170;

  private static final int NARROWEST = 40;

  /** Room for how long it took, at the end of the first line of events. */
  private static final int TOOK = 9;

  private static final String CONTINUED = "  ";
  private static final String BAR = " │ ";
  private static final int LABEL = 7;

  Layout {
    columns = Math.max(NARROWEST, Math.min(columns, WIDEST));
  }

  private boolean isBeside() {
    return columns >= BESIDE;
  }

  private int leftColumns() {
    return isBeside() ? (columns - BAR.length() - TOOK) / 2 : columns - LABEL;
  }

  private int rightColumns() {
    return isBeside() ? columns - BAR.length() - leftColumns() : columns - LABEL;
  }

  /** What stands above all blocks. */
  String head() {
    StringBuilder text = new StringBuilder();
    if (isBeside()) {
      Line left = line("what the application ran", Style.BOLD);
      Line right =
          line("what Waltap emitted", Style.BOLD)
              .then(rightColumns() - "latency".length(), line("latency", Style.FAINT));
      beside(List.of(left), List.of(right), text);
    }
    return text.toString();
  }

  private Line line(String text, Style style) {
    return new Line(style.paint(text, color), text.length());
  }

  /**
   * One transaction, ended by an empty line.
   *
   * @param sql its statements
   * @param events its events, one or more
   * @param took how long they took, empty if that means nothing
   */
  String block(List<String> sql, List<List<Word>> events, String took) {
    List<Line> left = new ArrayList<>();
    for (String statement : sql) {
      left.addAll(Line.wrap(statement(statement), CONTINUED, leftColumns(), color));
    }
    List<Line> right = new ArrayList<>();
    for (List<Word> event : events) {
      right.addAll(Line.wrap(event, CONTINUED, rightColumns() - TOOK, color));
    }
    int column = rightColumns() - took.length();
    right.set(0, right.get(0).then(column, line(took, Style.FAINT)));
    StringBuilder text = new StringBuilder();
    if (isBeside()) {
      beside(left, right, text);
    } else {
      under("sql", left, text);
      under("event", right, text);
    }
    return text.append('\n').toString();
  }

  /** A comment is not what runs. */
  private static List<Word> statement(String sql) {
    int comment = sql.indexOf("--");
    int end = comment < 0 ? sql.length() : comment;
    List<Word> words = new ArrayList<>();
    if (end > 0) {
      words.addAll(Word.all(sql.substring(0, end).strip(), Style.PLAIN));
    }
    if (comment >= 0) {
      words.addAll(Word.all(sql.substring(comment), Style.FAINT));
    }
    return words;
  }

  private void beside(List<Line> left, List<Line> right, StringBuilder text) {
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      Line first = i < left.size() ? left.get(i) : Line.EMPTY;
      Line second = i < right.size() ? right.get(i) : Line.EMPTY;
      Line line = first.then(leftColumns(), line(BAR, Style.FAINT)).then(0, second);
      text.append(line.text().stripTrailing()).append('\n');
    }
  }

  private void under(String label, List<Line> lines, StringBuilder text) {
    Line start = line(label, Style.FAINT);
    for (Line line : lines) {
      text.append(start.then(LABEL, line).text()).append('\n');
      start = Line.EMPTY;
    }
  }

  /** A text that is broken into lines. */
  String paragraph(List<Word> words) {
    StringBuilder text = new StringBuilder();
    for (Line line : Line.wrap(words, "", columns, color)) {
      text.append(line.text()).append('\n');
    }
    return text.toString();
  }
}
