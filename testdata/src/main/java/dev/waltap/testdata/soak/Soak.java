// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.soak;

import java.util.Locale;

/** One scenario. It prints its figures as it goes, and all of them in a last line. */
public interface Soak {
  /** Runs it; whether all was as promised. */
  boolean run() throws Exception;

  /** Prints a line of figures. */
  static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
