// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.record.Names;
import dev.waltap.schema.SchemaUpdate;
import dev.waltap.schema.TableFilter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The steps from one catalog to the next, for the tables that may be otherwise. For one thread. */
final class CatalogChange {
  private final SchemaUpdate update;
  private final TableFilter filter;
  private final List<SchemaStep> steps = new ArrayList<>();
  private final Set<Integer> covered = new HashSet<>();
  private int nextOrdinal;

  CatalogChange(SchemaUpdate update, TableFilter filter, int nextOrdinal) {
    this.update = update;
    this.filter = filter;
    this.nextOrdinal = nextOrdinal;
  }

  void add(SchemaStep step) {
    steps.add(step);
    CapturedTable before = step.before();
    if (before != null) {
      covered.add(before.tree().ordinal());
    }
  }

  int newOrdinal() {
    return nextOrdinal++;
  }

  void sort() {
    steps.sort(Comparator.comparing(SchemaStep::name, Names.BINARY));
  }

  /** Whether one of the steps says what becomes of this table of the catalog before. */
  boolean covers(CapturedTable before) {
    return covered.contains(before.tree().ordinal());
  }

  /** The steps, by the name under which a SCHEMA change emits them. */
  List<SchemaStep> steps() {
    return steps;
  }

  SchemaUpdate update() {
    return update;
  }

  TableFilter filter() {
    return filter;
  }

  int nextOrdinal() {
    return nextOrdinal;
  }
}
