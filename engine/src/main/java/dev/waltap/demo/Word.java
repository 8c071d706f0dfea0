// SPDX-License-Identifier: Apache-2.0
package dev.waltap.demo;

import dev.waltap.text.Style;
import java.util.Arrays;
import java.util.List;

/**
 * What stays together in a line.
 *
 * @param text takes one column a character: what the shop writes does
 */
record Word(String text, Style style) {

  static Word plain(String text) {
    return new Word(text, Style.PLAIN);
  }

  static Word faint(String text) {
    return new Word(text, Style.FAINT);
  }

  /** The words of a text, all of one style. */
  static List<Word> all(String text, Style style) {
    return Arrays.stream(text.split(" ", -1)).map(word -> new Word(word, style)).toList();
  }

  /** The same with more behind it. */
  Word plus(String more) {
    return new Word(text + more, style);
  }
}
