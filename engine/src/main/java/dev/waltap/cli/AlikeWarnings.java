// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.text.Plural;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which warnings about many databases say the same: the first is written, those that follow are
 * counted, and their number is written after a second, then after twice as long each time. What one
 * receiver does not take, or one limit does not allow, would be a line for each database otherwise.
 * One that has not come for ten minutes is new again. Not synchronized: its console is.
 */
final class AlikeWarnings {
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LAST_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** More kinds of warnings than anybody reads. */
  private static final int MOST_KINDS = 1000;

  private static final int MOST_NAMED = 10;

  /** What differs between warnings about attempts at the same thing. */
  private static final Pattern ATTEMPTS =
      Pattern.compile("\\d+(?= (failed )?attempts?\\b| (ms|s|min)\\b)");

  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  /** About those that were counted of kinds that had to make room for others. */
  private final List<Line> displaced = new ArrayList<>();

  /**
   * What is written of those that were counted.
   *
   * @param name the database that it is about; null where it is about several, or does not say so
   */
  record Line(@Nullable String name, String text) {}

  /** Those of a kind that were not written. */
  private static final class Kind {
    private final String text;
    private final Set<String> names = new LinkedHashSet<>();
    private int unnamed;
    private long interval = FIRST_NANOS;
    private long writtenNanos;
    private long lastNanos;

    Kind(String text, long now) {
      this.text = text;
      this.writtenNanos = now;
      this.lastNanos = now;
    }

    boolean isEmpty() {
      return names.isEmpty() && unnamed == 0;
    }

    Line takeLine() {
      String name = names.size() == 1 ? names.iterator().next() : null;
      String who = String.join(", ", names);
      if (names.isEmpty()) {
        who = Plural.of(unnamed, "more time");
      } else if (names.size() > MOST_NAMED) {
        who = names.size() + " more databases (--verbose names them)";
      }
      names.clear();
      unnamed = 0;
      return new Line(name, who + ": " + text);
    }
  }

  /**
   * Whether a warning is to be written as it is; if not, it was counted.
   *
   * @param name the database that it is about; null where it does not say so
   * @param text the warning without that name
   */
  boolean isNew(@Nullable String name, String text, long now) {
    String key = ATTEMPTS.matcher(text).replaceAll("0");
    Kind kind = kinds.get(key);
    if (kind == null) {
      if (kinds.size() == MOST_KINDS) {
        displace(kinds.keySet().iterator().next());
      }
      kinds.put(key, new Kind(text, now));
      return true;
    }
    kind.lastNanos = now;
    if (name == null) {
      kind.unnamed++;
    } else {
      kind.names.add(name);
    }
    return false;
  }

  private void displace(String key) {
    Kind kind = kinds.remove(key);
    if (kind != null && !kind.isEmpty()) {
      displaced.add(kind.takeLine());
    }
  }

  /** Lines about those that were counted, for which it is time. */
  List<Line> due(long now) {
    if (kinds.isEmpty()) {
      return List.of();
    }
    List<Line> lines = takeDisplaced();
    for (Kind kind : kinds.values()) {
      if (!kind.isEmpty() && now - kind.writtenNanos >= kind.interval) {
        kind.writtenNanos = now;
        kind.interval = Math.min(2 * kind.interval, LAST_NANOS);
        lines.add(kind.takeLine());
      }
    }
    kinds.values().removeIf(kind -> kind.isEmpty() && now - kind.lastNanos >= LAST_NANOS);
    return lines;
  }

  /** Lines about all that were counted, whenever that was. */
  List<Line> all() {
    List<Line> lines = takeDisplaced();
    kinds.values().stream()
        .filter(kind -> !kind.isEmpty())
        .forEach(kind -> lines.add(kind.takeLine()));
    return lines;
  }

  private List<Line> takeDisplaced() {
    List<Line> lines = new ArrayList<>(displaced);
    displaced.clear();
    return lines;
  }
}
