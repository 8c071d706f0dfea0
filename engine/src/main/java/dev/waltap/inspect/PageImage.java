// SPDX-License-Identifier: Apache-2.0
package dev.waltap.inspect;

import dev.waltap.format.DatabaseHeader;
import java.util.List;

/**
 * One page as it stands in a file. Its arrays are the owner's and not to be changed.
 *
 * @param source the file
 * @param offset where in the file the frame, or else the page, begins
 * @param frame the frame's number, 0 for a page of the database file
 * @param committed whether it is part of the database, and no frame of a transaction that is under
 *     way, was rolled back, or is of another generation
 * @param frameHeader the frame's header; empty for a page of the database file
 * @param pageNumber which page it is; unsigned
 * @param page its bytes
 * @param owner the table or index, "freelist", "pointer map", or empty where that is not known
 * @param kind leaf, interior, overflow, trunk, or empty
 * @param database the header of the database
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
public record PageImage(
    String source,
    long offset,
    int frame,
    boolean committed,
    byte[] frameHeader,
    int pageNumber,
    byte[] page,
    String owner,
    String kind,
    DatabaseHeader database) {

  /** The part that fields of the frame's header are of; all others are of the page. */
  public static final String FRAME_HEADER = "frame header";

  /** Its bytes and what they mean, in the order in which they stand. */
  public List<Field> fields() {
    return PageFields.of(this);
  }

  /**
   * Some bytes and what they mean.
   *
   * @param part what they are part of: "frame header", "page", "cell 3", …
   * @param offset from the start of that header, or of the page
   * @param length how many bytes
   * @param name the field, in SQLite's own words
   * @param value what it says, and what that means
   */
  public record Field(String part, int offset, int length, String name, String value) {}
}
