// SPDX-License-Identifier: Apache-2.0
package dev.waltap.text;

/** Colours of standard output, on a terminal only, and not where NO_COLOR is set. Stateless. */
public enum Paint {
  /** Colours. */
  ON,
  /** Plain text, for files, pipes, and who wants it. */
  OFF;

  /** Colours or none. */
  public static Paint of(boolean colored) {
    return colored ? ON : OFF;
  }

  /** The text, in bold. */
  public String bold(String text) {
    return with(Style.BOLD, text);
  }

  /** The text, faint. */
  public String faint(String text) {
    return with(Style.FAINT, text);
  }

  /** The text, red. */
  public String red(String text) {
    return with(Style.REMOVED, text);
  }

  /** The text, green. */
  public String green(String text) {
    return with(Style.ADDED, text);
  }

  /** The text, yellow. */
  public String yellow(String text) {
    return with(Style.CHANGED, text);
  }

  /** The text, magenta. */
  public String magenta(String text) {
    return with(Style.SCHEMA, text);
  }

  private String with(Style style, String text) {
    return style.paint(text, this == ON && !text.isEmpty());
  }
}
