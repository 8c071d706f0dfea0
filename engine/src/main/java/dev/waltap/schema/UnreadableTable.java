// SPDX-License-Identifier: Apache-2.0
package dev.waltap.schema;

/**
 * An entry of {@code sqlite_schema} that this SQLite can't make a table of: it is damaged, or was
 * written by a newer version.
 *
 * @param name the table's name
 * @param reason what SQLite says of it
 * @param shadow whether it is named as a virtual table's shadow tables are
 */
public record UnreadableTable(String name, String reason, boolean shadow) {

  /** Why a capture that is to have it can't go on, and what to do. */
  public String refusal() {
    return "table "
        + name
        + " can't be read: "
        + reason
        + "; if its own application can, a newer SQLite made it than the one in here: upgrade"
        + " waltap, or leave the table out with --exclude-table";
  }
}
