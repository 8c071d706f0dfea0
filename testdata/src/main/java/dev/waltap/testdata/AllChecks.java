// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata;

import dev.waltap.page.ExpensiveChecks;

/** Turns on all checks of invariants, cheap and expensive, in programs that look for faults. */
final class AllChecks {
  private AllChecks() {}

  /** For classes that are not initialized yet: so to be called before anything else. */
  static void turnOn() {
    System.setProperty(ExpensiveChecks.PROPERTY, "true");
    AllChecks.class.getClassLoader().setDefaultAssertionStatus(true);
  }
}
