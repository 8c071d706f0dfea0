// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.oracle;

import dev.waltap.testdata.model.Shape;
import dev.waltap.testdata.model.Value;
import java.nio.charset.Charset;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the oracle must know of the capture it judges.
 *
 * @param tables which tables are captured
 * @param columns which columns are, by table and column; key columns always are
 * @param charset the database's encoding; null if not known
 * @param json how blobs were written, where the changes come from JSON; null for the Java API
 * @param history whether to keep what is needed to go back, for captures that start again
 * @param legacy whether the schema format may be one that ignores DESC in keys
 */
public record OracleOptions(
    Predicate<String> tables,
    BiPredicate<String, String> columns,
    @Nullable Charset charset,
    Value.@Nullable BlobStyle json,
    boolean history,
    boolean legacy) {

  /** All tables and columns, by the Java API, without a restart. */
  public static final OracleOptions DEFAULT =
      new OracleOptions(table -> true, (table, column) -> true, null, null, false, false);

  /** These options for a capture of some tables only. */
  public OracleOptions withTables(Predicate<String> wanted) {
    return new OracleOptions(wanted, columns, charset, json, history, legacy);
  }

  /** These options for a capture of some columns only. */
  public OracleOptions withColumns(BiPredicate<String, String> wanted) {
    return new OracleOptions(tables, wanted, charset, json, history, legacy);
  }

  /** These options for a database whose text is encoded like this. */
  public OracleOptions withCharset(Charset encoding) {
    return new OracleOptions(tables, columns, encoding, json, history, legacy);
  }

  /** These options for changes read from JSON lines. */
  public OracleOptions withJson(Value.BlobStyle style) {
    return new OracleOptions(tables, columns, charset, style, history, legacy);
  }

  /** These options for a capture that starts again and may deliver changes twice. */
  public OracleOptions withHistory() {
    return new OracleOptions(tables, columns, charset, json, true, legacy);
  }

  /** These options for a database whose keys may not descend where they are declared DESC. */
  public OracleOptions withLegacyFormat() {
    return new OracleOptions(tables, columns, charset, json, history, true);
  }

  Shape captured(Shape shape) {
    return shape.select(column -> columns.test(shape.name(), column));
  }
}
