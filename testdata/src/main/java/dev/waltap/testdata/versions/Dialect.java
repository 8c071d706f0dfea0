// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

/** What SQL a version of SQLite understands. */
record Dialect(int number) {

  /** Of a version such as 3.8.11.1, or of one with its source behind it. */
  static Dialect of(String version) {
    String[] parts = version.split(" ", 2)[0].split("\\.");
    return new Dialect(
        number(
            Integer.parseInt(parts[0]),
            Integer.parseInt(parts[1]),
            parts.length > 2 ? Integer.parseInt(parts[2]) : 0));
  }

  private static int number(int major, int minor, int patch) {
    return major * 1_000_000 + minor * 1000 + patch;
  }

  private boolean since(int minor, int patch) {
    return number >= number(3, minor, patch);
  }

  boolean checkpointModes() {
    return since(7, 6);
  }

  boolean truncate() {
    return since(8, 8);
  }

  boolean busyTimeout() {
    return since(7, 15);
  }

  boolean withoutRowid() {
    return since(8, 2);
  }

  boolean upsert() {
    return since(24, 0);
  }

  boolean renameColumn() {
    return since(25, 0);
  }

  boolean dropColumn() {
    return since(35, 0);
  }

  boolean generatedColumns() {
    return since(31, 0);
  }

  boolean strict() {
    return since(37, 0);
  }

  /** 3.16.0 to 3.19.2 corrupt auto_vacuum databases by themselves. */
  boolean autoVacuum() {
    return !since(16, 0) || since(19, 3);
  }
}
