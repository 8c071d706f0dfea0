package dev.waltap.testdata.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a change of schema does to rows that are told by nothing else: columns keep their values by
 * name, new ones take their default, gone ones go. Where nothing but names changed, columns keep
 * their values by place: that is a RENAME COLUMN.
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
    boolean renamed = onlyNamesDiffer(from, to);
    source = new int[to.columns().size()];
    for (int i = 0; i < source.length; i++) {
      Shape.Column column = to.columns().get(i);
      source[i] = renamed ? i : from.indexOf(column.name());
      defaults.add(source[i] < 0 ? scratch.defaultOf(to, column) : Value.NULL);
    }
  }

  private static boolean onlyNamesDiffer(Shape from, Shape to) {
    if (from.columns().size() != to.columns().size()) {
      return false;
    }
    for (int i = 0; i < from.columns().size(); i++) {
      Shape.Column before = from.columns().get(i);
      Shape.Column after = to.columns().get(i);
      if (!before.type().equals(after.type()) || before.key() != after.key()) {
        return false;
      }
    }
    return true;
  }

  /** Whether rows of both are identified and keyed by the same columns. */
  public boolean keepsKeys() {
    List<Integer> mapped = to.keyIndexes().stream().map(i -> source[i]).toList();
    return from.withoutRowid() == to.withoutRowid()
        && from.aliased() == to.aliased()
        && mapped.equals(from.keyIndexes());
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
