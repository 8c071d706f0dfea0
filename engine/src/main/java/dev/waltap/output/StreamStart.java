// SPDX-License-Identifier: Apache-2.0
package dev.waltap.output;

/**
 * How a capture begins, after a look at what its output holds.
 *
 * @param why for people, a clause; empty for {@link Kind#CONTINUE}
 */
public record StreamStart(Kind kind, String why) {

  /** What the capture has to do. */
  public enum Kind {
    /** Go on; the output leaves out what it has already. */
    CONTINUE,
    /** Deliver all rows first: what the output holds is of another stream. */
    START_OVER,
    /** The output lacks what the state counts as delivered, or the other way round. */
    GAP
  }

  /** Nothing has to be done. */
  public static final StreamStart CONTINUE = new StreamStart(Kind.CONTINUE, "");
}
