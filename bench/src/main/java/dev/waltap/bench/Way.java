// SPDX-License-Identifier: Apache-2.0
package dev.waltap.bench;

/** How changes are captured while the application is measured. */
enum Way {
  /** Not at all. */
  ALONE("alone"),
  /** By Waltap's command line in a process of its own, into a file. */
  WALTAP("with Waltap"),
  /** By triggers and a log table, drained into a file by a process of its own. */
  TRIGGERS("with triggers");

  private final String title;

  Way(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
