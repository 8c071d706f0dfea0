// SPDX-License-Identifier: Apache-2.0
package dev.waltap.text;

/** Numbers of things as people write them. Stateless. */
public final class Plural {
  private Plural() {}

  /**
   * A number and what it counts: {@code 1 frame}, {@code 2 frames}, {@code 0 frames}.
   *
   * @param unit in the singular, of which an "s" makes the plural
   */
  public static String of(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }

  /** The verb that follows {@link #of}: {@code is} or {@code are}. */
  public static String be(long number) {
    return number == 1 ? "is" : "are";
  }
}
