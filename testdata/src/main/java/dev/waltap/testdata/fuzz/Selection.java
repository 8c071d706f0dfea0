// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Some statements of a {@link Script}, as the command line has them: {@code 3,17-20,25:4,25:7-9}
 * are all of step 3, all of steps 17 to 20, and of step 25 statements 4 and 7 to 9.
 */
public record Selection(List<Range> ranges) {

  /** Statements {@code from} to {@code to}, both included, of each of some steps. */
  record Range(int firstStep, int lastStep, int from, int to) {
    boolean holds(Place place) {
      return place.step() >= firstStep
          && place.step() <= lastStep
          && place.statement() >= from
          && place.statement() <= to;
    }

    @Override
    public String toString() {
      String steps = span(firstStep, lastStep);
      return to == Integer.MAX_VALUE ? steps : steps + ":" + span(from, to);
    }

    private static String span(int first, int last) {
      return first == last ? "" + first : first + "-" + last;
    }
  }

  /** Where a statement is: counted from 0, with step 0 before the capture starts. */
  record Place(int step, int statement) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      return step != other.step
          ? Integer.compare(step, other.step)
          : Integer.compare(statement, other.statement);
    }
  }

  /** All statements. */
  static final Selection ALL =
      new Selection(List.of(new Range(0, Integer.MAX_VALUE, 0, Integer.MAX_VALUE)));

  boolean holds(int step, int statement) {
    Place place = new Place(step, statement);
    return ranges.stream().anyMatch(range -> range.holds(place));
  }

  /** The last step of which there is something. */
  int lastStep() {
    return ranges.stream().mapToInt(Range::lastStep).max().orElse(0);
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Selection parse(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String item : text.split(",", -1)) {
      String[] parts = item.split(":", 2);
      int[] steps = span(parts[0]);
      int[] statements = parts.length == 1 ? new int[] {0, Integer.MAX_VALUE} : span(parts[1]);
      ranges.add(new Range(steps[0], steps[1], statements[0], statements[1]));
    }
    return new Selection(List.copyOf(ranges));
  }

  private static int[] span(String text) {
    String[] ends = text.split("-", 2);
    int first = Integer.parseInt(ends[0]);
    return new int[] {first, ends.length == 1 ? first : Integer.parseInt(ends[1])};
  }

  /**
   * Says which these are.
   *
   * @param sizes the number of statements of each step
   */
  static Selection of(Collection<Place> places, List<Integer> sizes) {
    List<Range> ranges = new ArrayList<>();
    for (Place place : new TreeSet<>(places)) {
      Range last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
      if (last != null && last.lastStep() == place.step() && last.to() == place.statement() - 1) {
        ranges.set(
            ranges.size() - 1,
            new Range(place.step(), place.step(), last.from(), place.statement()));
      } else {
        ranges.add(new Range(place.step(), place.step(), place.statement(), place.statement()));
      }
    }
    return new Selection(joined(ranges, sizes));
  }

  /** Ranges that are whole steps, said as such; neighbours made one. */
  private static List<Range> joined(List<Range> ranges, List<Integer> sizes) {
    List<Range> joined = new ArrayList<>();
    for (Range range : ranges) {
      int step = range.firstStep();
      if (range.from() > 0 || range.to() < sizes.get(step) - 1) {
        joined.add(range);
        continue;
      }
      Range last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      boolean next = last != null && last.to() == Integer.MAX_VALUE && last.lastStep() == step - 1;
      int first = last != null && next ? last.firstStep() : step;
      if (next) {
        joined.remove(joined.size() - 1);
      }
      joined.add(new Range(first, step, 0, Integer.MAX_VALUE));
    }
    return List.copyOf(joined);
  }

  @Override
  public String toString() {
    return String.join(",", ranges.stream().map(Range::toString).toList());
  }
}
