// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import dev.waltap.api.Change;
import dev.waltap.api.Operation;
import dev.waltap.text.Style;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The changes of one transaction as they come: each of them where they are few, else how many of
 * each kind, and the first of those.
 */
final class Tally {

  /** As many are shown one by one. */
  private static final int FEW = 6;

  private record Kind(Operation operation, String table) {}

  private static final class Count {
    private final Change first;
    private long changes;

    Count(Change first) {
      this.first = first;
    }
  }

  private final Map<Kind, Count> counts = new LinkedHashMap<>();
  private final List<Change> few = new ArrayList<>();
  private long changes;
  private boolean snapshot;

  void add(Change change) {
    changes++;
    snapshot |= change.operation() == Operation.BOOTSTRAP;
    if (few.size() < FEW) {
      few.add(change);
    }
    counts.computeIfAbsent(new Kind(change.operation(), change.table()), kind -> new Count(change))
        .changes++;
  }

  long changes() {
    return changes;
  }

  /** Whether these are the rows that were there, rather than a transaction. */
  boolean isSnapshot() {
    return snapshot;
  }

  /** The changes, where they are shown one by one. */
  List<Change> shown() {
    return snapshot || changes > FEW ? List.of() : few;
  }

  /** The words of each event, or of each kind of event. */
  List<List<Word>> words() {
    if (snapshot) {
      return tables();
    }
    List<List<Word>> all = new ArrayList<>();
    if (changes <= FEW) {
      few.forEach(change -> all.add(EventText.of(change)));
    } else {
      counts.forEach((kind, count) -> all.add(summary(kind, count)));
    }
    return all;
  }

  private List<List<Word>> tables() {
    List<List<Word>> all = new ArrayList<>();
    for (Kind kind : counts.keySet()) {
      if (kind.operation == Operation.BOOTSTRAP) {
        Count rows = counts.get(new Kind(Operation.INSERT, kind.table));
        List<Word> words = start(kind);
        words.add(Word.plain(number(rows == null ? 0 : rows.changes) + " rows"));
        all.add(words);
      }
    }
    return all;
  }

  private static List<Word> summary(Kind kind, Count count) {
    List<Word> words = start(kind);
    words.add(Word.plain(number(count.changes) + " events,"));
    words.add(Word.plain("the first:"));
    // Without operation, table and key, which are there already.
    List<Word> first = EventText.of(count.first);
    words.addAll(first.subList(kind.operation == Operation.SCHEMA ? 2 : 3, first.size()));
    return words;
  }

  private static List<Word> start(Kind kind) {
    List<Word> words = new ArrayList<>();
    words.add(new Word(kind.operation.name(), Style.of(kind.operation)));
    words.add(new Word(kind.table + ":", Style.BOLD));
    return words;
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
