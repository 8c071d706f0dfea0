// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import dev.waltap.api.Change;
import dev.waltap.api.ColumnSchema;
import dev.waltap.api.Operation;
import dev.waltap.api.Row;
import dev.waltap.api.TableSchema;
import dev.waltap.text.ChangedColumns;
import dev.waltap.text.Style;
import dev.waltap.text.ValueText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change as people read it: {@code UPDATE products 1: price 123.05 → 99.95}. */
final class EventText {

  private static final String ARROW = "→";

  private EventText() {}

  static List<Word> of(Change change) {
    List<Word> words = new ArrayList<>();
    words.add(new Word(change.operation().name(), Style.of(change.operation())));
    words.add(new Word(change.table(), Style.BOLD));
    if (change.operation() == Operation.SCHEMA) {
      schema(change.schemaBefore(), change.schemaAfter(), words);
    } else {
      Row key = change.key();
      words.add(Word.plain((key == null ? "" : keyText(key)) + ":"));
      rows(change.before(), change.after(), words);
      words.set(words.size() - 1, withoutComma(words.get(words.size() - 1)));
    }
    return words;
  }

  private static String keyText(Row key) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < key.size(); i++) {
      values.add(ValueText.brief(key, i));
    }
    return String.join(",", values);
  }

  private static void rows(@Nullable Row before, @Nullable Row after, List<Word> words) {
    if (before != null && after != null) {
      changedColumns(before, after, words);
    } else if (after != null) {
      allColumns(after, Style.ADDED, words);
    } else if (before != null) {
      allColumns(before, Style.REMOVED, words);
    }
  }

  private static void allColumns(Row row, Style style, List<Word> words) {
    for (int i = 0; i < row.size(); i++) {
      words.add(Word.plain(row.names().get(i)));
      words.add(new Word(ValueText.brief(row, i) + ",", style));
    }
  }

  private static void changedColumns(Row before, Row after, List<Word> words) {
    for (int i : ChangedColumns.of(before, after)) {
      String name = after.names().get(i);
      int old = before.indexOf(name);
      words.add(Word.plain(name));
      if (old >= 0) {
        words.add(new Word(ValueText.brief(before, old), Style.REMOVED));
        words.add(Word.faint(ARROW));
      }
      words.add(new Word(ValueText.brief(after, i) + ",", Style.ADDED));
    }
  }

  private static Word withoutComma(Word word) {
    String text = word.text();
    return text.endsWith(",") ? new Word(text.substring(0, text.length() - 1), word.style()) : word;
  }

  private static void schema(
      @Nullable TableSchema before, @Nullable TableSchema after, List<Word> words) {
    if (before == null || after == null) {
      words.add(Word.plain(before == null ? "is new" : "is dropped"));
      return;
    }
    words.set(words.size() - 1, words.get(words.size() - 1).plus(":"));
    if (!before.name().equals(after.name())) {
      words.add(Word.faint(ARROW));
      words.add(new Word(after.name(), Style.BOLD));
    }
    columnsOf(after, before, "+", Style.ADDED, words);
    columnsOf(before, after, "-", Style.REMOVED, words);
  }

  /** Those of one that the other has not. */
  private static void columnsOf(
      TableSchema one, TableSchema other, String sign, Style style, List<Word> words) {
    for (ColumnSchema column : one.columns()) {
      if (other.columns().stream().noneMatch(same -> same.name().equals(column.name()))) {
        words.add(new Word(sign, style));
        words.add(new Word((column.name() + " " + column.type()).strip(), style));
      }
    }
  }
}
