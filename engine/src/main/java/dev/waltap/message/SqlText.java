// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.api.Row;
import dev.waltap.json.JsonText;
import dev.waltap.record.Names;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Names and values in SQL, as every SQLite reads them back exactly. */
final class SqlText {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  /** Decimals of so few digits are written as they are, if they are the number exactly. */
  private static final int SHORT_DIGITS = 15;

  /**
   * The digits of all others: more than identify the number, so that what an older SQLite loses
   * when it reads them does not matter.
   */
  private static final MathContext LONG_DIGITS = new MathContext(17);

  /** Decimals with a larger exponent, or a less one, an older SQLite does not read exactly. */
  private static final int MAX_EXPONENT = 250;

  /** The bits of a double's fraction, and as many as can be divided by at once. */
  private static final int FRACTION_BITS = 52;

  /** Parts that a text may be put together of: expressions must not be too deep. */
  private static final int MAX_PARTS = 100;

  private SqlText() {}

  static void name(String name, StringBuilder sql) {
    sql.append(Names.quote(JsonText.wellFormed(name)));
  }

  static void value(Row row, int index, StringBuilder sql) {
    switch (row.storageClass(index)) {
      case NULL -> sql.append("NULL");
      case INTEGER -> sql.append(row.getLong(index));
      case REAL -> real(row.getDouble(index), sql);
      case TEXT -> text(String.valueOf(row.getString(index)), row, index, sql);
      case BLOB -> blob(row.getBytes(index), sql);
    }
  }

  private static void real(double value, StringBuilder sql) {
    if (Double.isInfinite(value)) {
      sql.append(value > 0 ? "9e999" : "-9e999");
      return;
    }
    if (value == 0) {
      sql.append(value); // A BigDecimal has no -0.0.
      return;
    }
    double magnitude = Math.abs(Math.log10(Math.abs(value)));
    if (magnitude > MAX_EXPONENT) {
      product(value, sql);
      return;
    }
    BigDecimal exact = new BigDecimal(value).stripTrailingZeros();
    if (exact.precision() <= SHORT_DIGITS && Math.abs(exact.scale()) <= SHORT_DIGITS) {
      String plain = exact.toPlainString();
      sql.append(plain).append(plain.indexOf('.') < 0 ? ".0" : "");
    } else {
      BigDecimal rounded = exact.round(LONG_DIGITS);
      int exponent = rounded.precision() - rounded.scale() - 1;
      sql.append(rounded.movePointLeft(exponent).setScale(16).toPlainString());
      sql.append(exponent == 0 ? "" : "e" + exponent);
    }
  }

  /** A whole number and powers of two: each step of the computation is exact. */
  private static void product(double value, StringBuilder sql) {
    long bits = Double.doubleToRawLongBits(value);
    long fraction = bits & ((1L << FRACTION_BITS) - 1);
    boolean normal = Math.getExponent(value) >= Double.MIN_EXPONENT;
    int exponent = (normal ? Math.getExponent(value) : Double.MIN_EXPONENT) - FRACTION_BITS;
    sql.append(value < 0 ? "(-" : "(");
    sql.append(normal ? fraction | (1L << FRACTION_BITS) : fraction).append(".0");
    for (int left = Math.abs(exponent); left > 0; left -= FRACTION_BITS) {
      sql.append(exponent < 0 ? '/' : '*').append(1L << Math.min(left, FRACTION_BITS)).append(".0");
    }
    sql.append(')');
  }

  private static void blob(byte @Nullable [] bytes, StringBuilder sql) {
    sql.append("x'").append(HEX.formatHex(bytes == null ? new byte[0] : bytes)).append('\'');
  }

  /** A text that is malformed, or full of characters that no literal has, goes by its bytes. */
  private static void text(String text, Row row, int index, StringBuilder sql) {
    boolean malformed = text.indexOf('\uFFFD') >= 0 || !text.equals(JsonText.wellFormed(text));
    long special = text.chars().filter(c -> c == 0 || c == '\r').limit(MAX_PARTS).count();
    if (malformed || special == MAX_PARTS) {
      sql.append("CAST(");
      blob(row.getBytes(index), sql);
      sql.append(" AS TEXT)");
      return;
    }
    // A NUL character would end the statement; the shell takes CR and LF for LF.
    String quoted = text.replace("'", "''").replace("\0", "'||char(0)||'");
    boolean parts = special > 0;
    sql.append(parts ? "('" : "'").append(quoted.replace("\r", "'||char(13)||'"));
    sql.append(parts ? "')" : "'");
  }
}
