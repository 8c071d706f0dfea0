// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import dev.waltap.json.BlobFormat;

/**
 * How changes become Debezium's messages.
 *
 * @param version what {@code source.version} says
 * @param blobs how BLOBs appear: as bytes ({@code BASE64}, which JSON shows them in), as a string
 *     of hexadecimal digits, or not at all
 * @param onMismatch what becomes of values that are not of their column's type
 * @param transactions whether there are messages of where transactions begin and end
 */
public record DebeziumOptions(
    String version, BlobFormat blobs, TypeMismatch onMismatch, boolean transactions) {

  /** Bytes, strings where a value is not of its type, and no messages of transactions. */
  public static DebeziumOptions standard(String version) {
    return new DebeziumOptions(version, BlobFormat.BASE64, TypeMismatch.STRING, false);
  }
}
