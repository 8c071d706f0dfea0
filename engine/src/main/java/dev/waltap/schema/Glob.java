// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.record.Names;

/**
 * A pattern of names as SQLite's GLOB has it, but without regard to ASCII case: {@code *} for any
 * characters, {@code ?} for one, {@code [a-z]} for one of a set, {@code [^a-z]} for one outside of
 * it. A name that is the pattern, letter for letter, matches in any case.
 */
final class Glob {

  private final String pattern;
  private final int[] points;

  Glob(String pattern) {
    this.pattern = pattern;
    this.points = Names.fold(pattern).codePoints().toArray();
  }

  String pattern() {
    return pattern;
  }

  boolean matches(String name) {
    return Names.same(pattern, name) || matches(Names.fold(name).codePoints().toArray());
  }

  /** Goes back to the last star only, which is enough, and linear in each of the two. */
  private boolean matches(int[] name) {
    int at = 0;
    int in = 0;
    int star = -1;
    int starIn = 0;
    while (in < name.length) {
      if (at < points.length && points[at] == '*') {
        star = at++;
        starIn = in;
        continue;
      }
      int next = at < points.length ? step(at, name[in]) : -1;
      if (next >= 0) {
        at = next;
        in++;
      } else if (star >= 0) {
        at = star + 1;
        in = ++starIn;
      } else {
        return false;
      }
    }
    while (at < points.length && points[at] == '*') {
      at++;
    }
    return at == points.length;
  }

  /** Where the pattern continues if what is at {@code at} takes this character, else -1. */
  private int step(int at, int character) {
    return switch (points[at]) {
      case '?' -> at + 1;
      case '[' -> stepSet(at, character);
      default -> points[at] == character ? at + 1 : -1;
    };
  }

  /**
   * As SQLite's patternCompare: a ] at the start of a set is one of it, a set without end is none.
   */
  private int stepSet(int open, int character) {
    int at = open + 1;
    boolean inverted = at < points.length && points[at] == '^';
    if (inverted) {
      at++;
    }
    boolean found = false;
    int first = at;
    int previous = -1;
    for (; at < points.length && (points[at] != ']' || at == first); at++) {
      boolean range =
          points[at] == '-' && previous >= 0 && at + 1 < points.length && points[at + 1] != ']';
      if (range) {
        at++;
        found |= character >= previous && character <= points[at];
        previous = -1;
      } else {
        found |= points[at] == character;
        // A ] at the start begins no range.
        previous = points[at] == ']' ? -1 : points[at];
      }
    }
    return at < points.length && found != inverted ? at + 1 : -1;
  }
}
