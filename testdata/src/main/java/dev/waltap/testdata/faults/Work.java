// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.faults;

import java.util.List;

/** What is done while calls fail, and on which files. */
public enum Work {
  STATE("/state"),
  /** The same, and the journal is compacted at once. */
  COMPACTION("/state"),
  OUTPUT("/changes.jsonl"),
  DATABASE("/test.db"),
  HTTP("socket:["),
  SETUP("/state"),
  OPEN("/test.db"),
  BOOTSTRAP("/state"),
  TEARDOWN("/state");

  private final String path;

  Work(String path) {
    this.path = path;
  }

  /** Part of the path of the files on which calls fail. */
  String path() {
    return path;
  }

  /** Whether every try begins without state. */
  boolean startsFresh() {
    return compareTo(HTTP) > 0;
  }

  /** Whether such a fault can happen there. */
  public boolean fits(Fault fault) {
    return fault.network() == (this == HTTP)
        || (this == HTTP && (fault == Fault.SHORT || fault == Fault.OUT_OF_MEMORY));
  }

  /** The command of which calls fail. */
  List<String> command() {
    return switch (this) {
      case SETUP, OPEN -> List.of("setup");
      case TEARDOWN -> List.of("teardown");
      case BOOTSTRAP -> List.of("bootstrap-and-cdc", "--once");
      default -> List.of("cdc", "--once");
    };
  }
}
