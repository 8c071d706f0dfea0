// SPDX-License-Identifier: Apache-2.0
package dev.waltap.session;

import dev.waltap.api.CaptureOptions;
import dev.waltap.api.Position;
import dev.waltap.schema.TableFilter;
import dev.waltap.state.LogPosition;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The filters that the transactions in a state were emitted under, each with the transaction from
 * which on it applied, so that a table which a later filter adds is emitted as entering, and what
 * is emitted again after a crash is emitted as it was. Immutable.
 */
record FilterHistory(List<Entry> entries) {

  /** The name under which a state keeps it. */
  static final String PROPERTY = "filters";

  /** A filter's patterns of tables, and the transaction from which on it applies. */
  record Entry(Position from, List<String> tables, List<String> excludeTables) {

    TableFilter filter() {
      return new TableFilter(tables, excludeTables, List.of());
    }

    boolean isSame(CaptureOptions options) {
      return tables.equals(options.tables()) && excludeTables.equals(options.excludeTables());
    }
  }

  FilterHistory {
    entries = List.copyOf(entries);
  }

  /** The one of a baseline. */
  static FilterHistory of(LogPosition from, CaptureOptions options) {
    return new FilterHistory(List.of(entry(from.position(), options)));
  }

  private static Entry entry(Position from, CaptureOptions options) {
    return new Entry(from, options.tables(), options.excludeTables());
  }

  /** One more filter; those that only served what is compacted go. */
  FilterHistory with(LogPosition base, Position from, CaptureOptions options) {
    List<Entry> kept = new ArrayList<>(entries.subList(indexAt(base), entries.size()));
    kept.add(entry(from, options));
    return new FilterHistory(kept);
  }

  /** The one that applied to the transaction as of which the saved pages are. */
  Entry at(LogPosition base) {
    return entries.get(indexAt(base));
  }

  private int indexAt(LogPosition base) {
    int index = 0;
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).from().compareTo(base.position()) <= 0) {
        index = i;
      }
    }
    return index;
  }

  /** The last one. */
  Entry latest() {
    return entries.get(entries.size() - 1);
  }

  /** The one that begins with this transaction, null if none does. */
  @Nullable Entry beginningAt(LogPosition transaction) {
    for (Entry entry : entries.subList(1, entries.size())) {
      if (entry.from().equals(transaction.position())) {
        return entry;
      }
    }
    return null;
  }

  /** The stored form: a line for each, {@code position/tables/excluded tables}. */
  String store() {
    return entries.stream()
        .map(e -> e.from() + "/" + store(e.tables()) + "/" + store(e.excludeTables()))
        .collect(Collectors.joining("\n"));
  }

  private static String store(List<String> patterns) {
    return patterns.stream()
        .map(pattern -> URLEncoder.encode(pattern, StandardCharsets.UTF_8))
        .collect(Collectors.joining(","));
  }

  /**
   * Reads what {@link #store} wrote.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  static FilterHistory load(String text) {
    List<Entry> entries = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      String[] parts = line.split("/", -1);
      if (parts.length != 3) {
        throw new IllegalArgumentException("not a stored filter: " + line);
      }
      entries.add(new Entry(Position.parse(parts[0]), patterns(parts[1]), patterns(parts[2])));
    }
    return new FilterHistory(entries);
  }

  private static List<String> patterns(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",", -1))
            .map(pattern -> URLDecoder.decode(pattern, StandardCharsets.UTF_8))
            .toList();
  }
}
