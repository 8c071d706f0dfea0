// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.inspect.PageImage;
import dev.waltap.text.Paint;
import dev.waltap.text.Plural;
import dev.waltap.text.ValueText;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/** A page or frame with its fields named, for those who debug SQLite itself. */
final class PageImageText {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  /** Bytes in a line that stands beside a field. */
  private static final int BESIDE = 8;

  /** Bytes in a line of those that are more. */
  private static final int BELOW = 16;

  /** Bytes of a field that are shown. */
  private static final int SHOWN = 64;

  private final PageImage image;
  private final Paint paint;
  private final OutputLines out;

  PageImageText(PageImage image, Paint paint, OutputLines out) {
    this.image = image;
    this.paint = paint;
    this.out = out;
  }

  void print() {
    out.line(head());
    String part = "";
    for (PageImage.Field field : image.fields()) {
      if (!field.part().equals(part)) {
        part = field.part();
        out.line(paint.bold(part));
      }
      print(field, bytes(image, field));
    }
  }

  private String head() {
    String page = "page " + Integer.toUnsignedString(image.pageNumber());
    String owner = image.owner().isEmpty() ? "" : ", of " + ValueText.visible(image.owner());
    String kind = image.kind().isEmpty() ? "" : " (" + image.kind() + ")";
    return paint.bold(
            image.source() + ": " + (image.frame() == 0 ? page : "frame " + image.frame()))
        + " at byte "
        + image.offset()
        + (image.frame() == 0 ? ", in no frame" : ": " + page)
        + owner
        + kind
        + (image.committed() ? "" : ", not committed");
  }

  /** The bytes that a field stands for. */
  static byte[] bytes(PageImage image, PageImage.Field field) {
    byte[] of = field.part().equals(PageImage.FRAME_HEADER) ? image.frameHeader() : image.page();
    int end = Math.min(of.length, field.offset() + field.length());
    return Arrays.copyOfRange(of, Math.min(field.offset(), end), end);
  }

  private void print(PageImage.Field field, byte[] bytes) {
    boolean many = bytes.length > BESIDE;
    String beside = many ? bytes.length + " bytes" : HEX.formatHex(bytes);
    out.line(
        String.format(
                Locale.ROOT,
                "%7d  %-23s  %-24s %s",
                field.offset(),
                beside,
                field.name(),
                ValueText.visible(field.value()))
            .stripTrailing());
    if (many && !isZero(bytes)) {
      dump(field.offset(), bytes);
    }
  }

  private void dump(int offset, byte[] bytes) {
    int end = Math.min(bytes.length, SHOWN);
    for (int at = 0; at < end; at += BELOW) {
      int to = Math.min(end, at + BELOW);
      out.line(
          paint.faint(
              String.format(
                  Locale.ROOT,
                  "%7d    %-47s  %s",
                  offset + at,
                  HEX.formatHex(bytes, at, to),
                  ascii(bytes, at, to))));
    }
    if (end < bytes.length) {
      out.line(paint.faint("           and " + Plural.of(bytes.length - end, "more byte")));
    }
  }

  private static String ascii(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(bytes[i] >= ' ' && bytes[i] < 127 ? (char) bytes[i] : '.');
    }
    return text.toString();
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
