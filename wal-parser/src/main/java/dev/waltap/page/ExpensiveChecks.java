// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

/**
 * Whether invariants are checked that take long to check, such as that of all pages after each
 * transaction. Tests and fuzzers turn them on; what is cheap is asserted wherever assertions are.
 */
public final class ExpensiveChecks {

  /** The system property that turns them on: {@code true}. */
  public static final String PROPERTY = "waltap.checks";

  /** Whether they are on. */
  public static final boolean ON = Boolean.getBoolean(PROPERTY);

  private ExpensiveChecks() {}
}
