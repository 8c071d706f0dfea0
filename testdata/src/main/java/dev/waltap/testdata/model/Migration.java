// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a change of schema does to rows that nothing else emits: columns keep their values by name;
 * one of a new name is the first of those renamed that followed the same neighbour and have the
 * same type and key, and names that are gone; other new ones take their default, gone ones go.
 */
public final class Migration {
  private final Shape from;
  private final Shape to;
  private final int[] source;
  private final List<Value> defaults = new ArrayList<>();

  /** The way from one shape to another. */
  public Migration(Shape from, Shape to, Scratch scratch) {
    this.from = from;
    this.to = to;
    source = new int[to.columns().size()];
    for (int i = 0; i < source.length; i++) {
      Shape.Column column = to.columns().get(i);
      int named = from.indexOf(column.name());
      source[i] = named >= 0 ? named : renamed(i);
      defaults.add(source[i] < 0 ? scratch.defaultOf(to, column) : Value.NULL);
    }
  }

  /** What a column was that has another name now, or -1. */
  private int renamed(int index) {
    Shape.Column now = to.columns().get(index);
    int left = index - 1;
    while (left >= 0 && source[left] < 0) {
      left--;
    }
    List<Shape.Column> old = from.columns();
    for (int i = left < 0 ? 0 : source[left] + 1; i < old.size(); i++) {
      if (to.indexOf(old.get(i).name()) >= 0) {
        return -1;
      }
      if (old.get(i).type().equals(now.type()) && old.get(i).key() == now.key()) {
        return i;
      }
    }
    return -1;
  }

  /** Whether rows of both are identified and keyed by the same columns. */
  public boolean keepsKeys() {
    List<Integer> mapped = to.keyIndexes().stream().map(i -> source[i]).toList();
    return from.withoutRowid() == to.withoutRowid()
        && from.aliased() == to.aliased()
        && mapped.equals(from.keyIndexes())
        && keepsOrder();
  }

  private boolean keepsOrder() {
    boolean same = from.order().size() == to.order().size();
    for (int i = 0; same && i < to.order().size(); i++) {
      Shape.SortColumn was = from.order().get(i);
      Shape.SortColumn is = to.order().get(i);
      same =
          source[to.indexOf(is.name())] == from.indexOf(was.name())
              && was.descending() == is.descending()
              && Names.equal(was.collation(), is.collation());
    }
    return same;
  }

  /** Gives defaults as JSON shows them. */
  public void inJson(Value.BlobStyle style) {
    defaults.replaceAll(value -> value.inJson(style));
  }

  /** What an image of the old shape becomes. */
  public Image apply(Image image) {
    List<Value> values = new ArrayList<>(source.length);
    for (int i = 0; i < source.length; i++) {
      values.add(source[i] < 0 ? defaults.get(i) : image.values().get(source[i]));
    }
    return new Image(to.names(), values);
  }
}
