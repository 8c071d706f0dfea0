// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.model;

import dev.waltap.api.StorageClass;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One SQL value with its type, equal to another only if type and every bit are: 1 is not 1.0, 0.0
 * is not -0.0, and a text is not the blob of its bytes.
 *
 * <p>A text holds its bytes in the database's encoding, or only its characters where no more is
 * known (JSON); two texts are compared by bytes where both hold them.
 */
public final class Value {
  /** NULL. */
  public static final Value NULL = new Value(StorageClass.NULL, 0, null, null, null);

  private final StorageClass kind;
  private final long bits;
  private final byte @Nullable [] bytes;
  private final @Nullable Charset charset;
  private @Nullable String text;

  private Value(
      StorageClass kind,
      long bits,
      byte @Nullable [] bytes,
      @Nullable String text,
      @Nullable Charset charset) {
    this.kind = kind;
    this.bits = bits;
    this.bytes = bytes;
    this.text = text;
    this.charset = charset;
  }

  /** An INTEGER. */
  public static Value of(long value) {
    return new Value(StorageClass.INTEGER, value, null, null, null);
  }

  /** A REAL. */
  public static Value of(double value) {
    return new Value(StorageClass.REAL, Double.doubleToRawLongBits(value), null, null, null);
  }

  /** A BLOB; the array is not copied. */
  public static Value blob(byte[] bytes) {
    return new Value(StorageClass.BLOB, 0, bytes, null, null);
  }

  /** A TEXT known by its bytes; the array is not copied. */
  public static Value text(byte[] bytes, Charset charset) {
    return new Value(StorageClass.TEXT, 0, bytes, null, charset);
  }

  /** A TEXT known by its bytes and by what somebody else decoded them to. */
  public static Value text(byte[] bytes, String decoded) {
    return new Value(StorageClass.TEXT, 0, bytes, decoded, null);
  }

  /** A TEXT of which only the characters are known. */
  public static Value text(String text) {
    return new Value(StorageClass.TEXT, 0, null, text, null);
  }

  /** What {@code typeof()} says. */
  public StorageClass kind() {
    return kind;
  }

  /** Whether this is NULL. */
  public boolean isNull() {
    return kind == StorageClass.NULL;
  }

  /** The value of an INTEGER. */
  public long asLong() {
    require(StorageClass.INTEGER);
    return bits;
  }

  /** The value of a REAL. */
  public double asDouble() {
    require(StorageClass.REAL);
    return Double.longBitsToDouble(bits);
  }

  /** The characters of a TEXT. */
  public String asText() {
    require(StorageClass.TEXT);
    // Decoded when asked for; a race decodes twice, to equal strings.
    String known = text;
    if (known == null) {
      known = new String(Objects.requireNonNull(bytes), Objects.requireNonNull(charset));
      text = known;
    }
    return known;
  }

  /** The bytes of a BLOB or TEXT, or null for a text known by its characters only; not a copy. */
  public byte @Nullable [] bytes() {
    return bytes;
  }

  private void require(StorageClass wanted) {
    if (kind != wanted) {
      throw new IllegalStateException(this + " is no " + wanted);
    }
  }

  /** What is left of the value in a line of JSON: blobs are texts, texts have no bytes. */
  public Value inJson(BlobStyle style) {
    return switch (kind) {
      case TEXT -> text(asText());
      case BLOB -> text(style.write(Objects.requireNonNull(bytes)));
      default -> this;
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Value that) || kind != that.kind || bits != that.bits) {
      return false;
    }
    if (bytes != null && that.bytes != null) {
      return Arrays.equals(bytes, that.bytes);
    }
    return kind != StorageClass.TEXT || asText().equals(that.asText());
  }

  @Override
  public int hashCode() {
    // Texts hash by what is known of all of them; blobs have no characters.
    int content = kind == StorageClass.TEXT ? asText().hashCode() : Arrays.hashCode(bytes);
    return 31 * (31 * kind.hashCode() + Long.hashCode(bits)) + content;
  }

  @Override
  public String toString() {
    return switch (kind) {
      case NULL -> "NULL";
      case INTEGER -> Long.toString(bits);
      case REAL -> Double.toString(asDouble());
      case TEXT -> "'" + shorten(asText()) + "'" + (malformed() ? hex() : "");
      case BLOB -> hex();
    };
  }

  private boolean malformed() {
    return bytes != null && asText().indexOf('\uFFFD') >= 0;
  }

  private String hex() {
    byte[] all = bytes == null ? new byte[0] : bytes;
    int shown = Math.min(all.length, 24);
    String start = HexFormat.of().formatHex(all, 0, shown);
    return "x'"
        + start
        + "'"
        + (shown < all.length
            ? "(" + all.length + " bytes, hash " + Arrays.hashCode(all) + ")"
            : "");
  }

  private static String shorten(String text) {
    return text.length() <= 48
        ? text
        : text.substring(0, 40)
            + "…("
            + text.length()
            + " characters, hash "
            + text.hashCode()
            + ")";
  }

  /** How the command line writes blobs. */
  public enum BlobStyle {
    /** Upper-case hexadecimal digits. */
    HEX,
    /** Base64 with padding. */
    BASE64;

    String write(byte[] bytes) {
      return switch (this) {
        case HEX -> HexFormat.of().withUpperCase().formatHex(bytes);
        case BASE64 -> new String(Base64.getEncoder().encode(bytes), StandardCharsets.US_ASCII);
      };
    }
  }
}
