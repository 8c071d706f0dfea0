// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/**
 * Where a change comes from. Positions are ordered and unique within one stream only: whoever
 * recognises changes that were delivered before goes by both.
 *
 * @param database the name given to the database, the file's name where none was
 * @param stream the identity of the state directory, or of the run that keeps no state; a UUID
 */
public record Source(String database, String stream) {

  /** Of changes that no capture made. */
  public static final Source NONE = new Source("", "");
}
