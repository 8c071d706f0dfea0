// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import dev.waltap.api.Operation;

/** What a word means, and so its colour, one of those that every terminal has. */
enum Style {
  PLAIN(""),
  BOLD("1"),
  FAINT("2"),
  ADDED("32"),
  REMOVED("31"),
  CHANGED("33"),
  SCHEMA("35");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  static Style of(Operation operation) {
    return switch (operation) {
      case INSERT -> ADDED;
      case DELETE -> REMOVED;
      case UPDATE -> CHANGED;
      case SCHEMA -> SCHEMA;
      case BOOTSTRAP -> BOLD;
    };
  }

  String paint(String text, boolean color) {
    return color && !code.isEmpty() ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
  }
}
