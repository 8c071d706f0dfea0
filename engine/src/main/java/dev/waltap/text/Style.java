// SPDX-License-Identifier: Apache-2.0
package dev.waltap.text;

import dev.waltap.api.Operation;

/** What a word means, and so its colour, one of those that every terminal has. */
public enum Style {
  /** An ordinary word. */
  PLAIN(""),
  /** A name, or what matters. */
  BOLD("1"),
  /** What may be skipped. */
  FAINT("2"),
  /** What is there now; green. */
  ADDED("32"),
  /** What is gone, and what is wrong; red. */
  REMOVED("31"),
  /** What is another now, and a warning; yellow. */
  CHANGED("33"),
  /** What the schema says; magenta. */
  SCHEMA("35");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  /** That of an operation. */
  public static Style of(Operation operation) {
    return switch (operation) {
      case INSERT -> ADDED;
      case DELETE -> REMOVED;
      case UPDATE -> CHANGED;
      case SCHEMA -> SCHEMA;
      case BOOTSTRAP -> BOLD;
    };
  }

  /** The text, in the style's colour if colours are wanted. */
  public String paint(String text, boolean color) {
    return color && !code.isEmpty() ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
  }
}
