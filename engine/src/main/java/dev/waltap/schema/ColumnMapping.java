// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.api.ColumnSchema;
import dev.waltap.api.TableSchema;
import dev.waltap.record.ColumnLayout;
import dev.waltap.record.Names;
import dev.waltap.record.TableLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Which column of a table is which across a change of its schema, as far as the two declarations of
 * a SCHEMA change show, and nothing else: so that whoever takes the changes finds the same. Where a
 * guess is wrong, rows are emitted that would not have been otherwise; none is emitted wrongly.
 *
 * <ol>
 *   <li>A column of the new schema is the old one of its name.
 *   <li>One whose name is new is a renamed one: of the columns that followed its left neighbour in
 *       the old schema, up to the next whose name is still there, the first of the same type and
 *       place in the key.
 *   <li>Any other is new: rows have its default.
 * </ol>
 *
 * <p>Immutable.
 */
public final class ColumnMapping {
  private static final int NONE = -1;

  private final int[] sources;

  private ColumnMapping(int[] sources) {
    this.sources = sources;
  }

  /** The mapping from one declaration to a later one. */
  public static ColumnMapping between(TableSchema before, TableSchema after) {
    List<ColumnSchema> old = before.columns();
    List<ColumnSchema> now = after.columns();
    int[] sources = new int[now.size()];
    boolean[] lives = new boolean[old.size()];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = indexOf(old, now.get(i).name(), i);
      if (sources[i] != NONE) {
        lives[sources[i]] = true;
      }
    }
    int next = 0;
    for (int i = 0; i < sources.length; i++) {
      for (int j = next; sources[i] == NONE && j < lives.length && !lives[j]; j++) {
        sources[i] = isAlike(old.get(j), now.get(i)) ? j : NONE;
      }
      next = sources[i] == NONE ? next : sources[i] + 1;
    }
    return new ColumnMapping(sources);
  }

  private static boolean isAlike(ColumnSchema old, ColumnSchema now) {
    return old.type().equals(now.type()) && old.key() == now.key();
  }

  /** Looked for where it most likely is first: tables may have thousands of columns. */
  private static int indexOf(List<ColumnSchema> columns, String name, int likely) {
    if (likely < columns.size() && Names.same(columns.get(likely).name(), name)) {
      return likely;
    }
    for (int i = 0; i < columns.size(); i++) {
      if (Names.same(columns.get(i).name(), name)) {
        return i;
      }
    }
    return NONE;
  }

  /** The same, but columns that are shown now and were not before count as new. */
  public ColumnMapping shown(Projection before, Projection after) {
    boolean[] was = new boolean[before.layout().columnCount()];
    for (int i = 0; i < before.names().size(); i++) {
      was[before.column(i)] = true;
    }
    int[] shown = sources.clone();
    for (int i = 0; i < after.names().size(); i++) {
      int column = after.column(i);
      shown[column] = shown[column] != NONE && was[shown[column]] ? shown[column] : NONE;
    }
    return new ColumnMapping(shown);
  }

  /** For each column of the later schema, the index of what it was; -1 for a new one. */
  public int[] sources() {
    return sources.clone();
  }

  /**
   * Whether every record means the same in both layouts, by this mapping: then only rows that were
   * written can differ.
   */
  public boolean isTransparent(TableLayout before, TableLayout after) {
    if (before == after) {
      return true;
    }
    if (before.encoding() != after.encoding()) {
      return false;
    }
    int fields = before.keyFields();
    for (int i = 0; i < before.columnCount(); i++) {
      fields = Math.max(fields, before.fieldOf(i) + 1);
    }
    for (int i = 0; i < sources.length; i++) {
      // Old records have no field for a column added behind theirs, and so its default.
      boolean same =
          sources[i] == NONE
              ? i != after.rowidColumn() && after.fieldOf(i) >= fields
              : isSame(before, sources[i], after, i);
      if (!same) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSame(TableLayout before, int source, TableLayout after, int column) {
    ColumnLayout old = before.column(source);
    ColumnLayout now = after.column(column);
    return before.fieldOf(source) == after.fieldOf(column)
        && (source == before.rowidColumn()) == (column == after.rowidColumn())
        && old.real() == now.real()
        && old.defaultValue().equals(now.defaultValue());
  }

  /** Whether rows are in a tree of the same kind, in the same order, by the same columns. */
  public boolean keepsKeys(TableLayout before, TableLayout after) {
    boolean same =
        before.withoutRowid() == after.withoutRowid()
            && before.keyCount() == after.keyCount()
            && before.keyFields() == after.keyFields()
            && (before.rowidColumn() >= 0) == (after.rowidColumn() >= 0);
    for (int i = 0; same && i < before.keyCount(); i++) {
      int column = after.keyColumn(i);
      same =
          sources[column] == before.keyColumn(i)
              && (!after.withoutRowid()
                  || before.fieldOf(sources[column]) == after.fieldOf(column));
    }
    for (int i = 0; same && i < before.keyFields(); i++) {
      same = before.keyField(i).equals(after.keyField(i));
    }
    return same;
  }

  @Override
  public String toString() {
    return Arrays.toString(sources);
  }
}
