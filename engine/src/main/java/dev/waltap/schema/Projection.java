// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

import dev.waltap.api.TableSchema;
import dev.waltap.record.TableLayout;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes rows, as users see them, of a table's stored rows: excluded columns are left out.
 *
 * <p>Immutable, safe to share between threads; so are the rows it makes. One serves all rows of a
 * table, as long as its schema lasts.
 */
public final class Projection {

  private final TableLayout layout;
  private final RowShape image;
  private final RowShape key;

  /**
   * A projection of the columns that pass; the key's columns pass in any case.
   *
   * @param declaration the table that its rows name; null for none
   * @param kept says which columns pass, by the column's index in the layout
   */
  Projection(TableLayout layout, @Nullable TableSchema declaration, IntPredicate kept) {
    this.layout = layout;
    int[] keyColumns = layout.keyColumns();
    BitSet inKey = new BitSet();
    IntStream.of(keyColumns).forEach(inKey::set);
    int[] columns =
        IntStream.range(0, layout.columnCount())
            .filter(column -> inKey.get(column) || kept.test(column))
            .toArray();
    this.image = new RowShape(layout, declaration, columns);
    this.key = new RowShape(layout, declaration, keyColumns);
  }

  /** All stored columns of a table of which no more than this is known. */
  public static Projection whole(TableLayout layout) {
    return new Projection(layout, null, column -> true);
  }

  /** The layout whose rows it takes. */
  public TableLayout layout() {
    return layout;
  }

  /** The names of the columns kept, in table order. */
  public List<String> names() {
    return image.names();
  }

  /** The index in the layout of a column kept. */
  public int column(int index) {
    return image.columns()[index];
  }

  /** The columns kept. */
  RowShape image() {
    return image;
  }

  /** Those of the declared primary key; none if there is none. */
  RowShape key() {
    return key;
  }

  /**
   * The image of a row of this layout, whose key is its declared primary key, or its rowid if that
   * has NULL in it.
   *
   * @param rowid without meaning in a WITHOUT ROWID table
   * @param payload its record, which must have been checked, and which nobody may change from now
   *     on
   */
  public TableRow row(long rowid, byte[] payload) {
    return new TableRow(this, rowid, payload);
  }
}
