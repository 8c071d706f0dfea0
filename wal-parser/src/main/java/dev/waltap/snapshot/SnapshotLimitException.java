// SPDX-License-Identifier: Apache-2.0
package dev.waltap.snapshot;

/** A snapshot can't be read on: its read transaction has to be released first. */
public final class SnapshotLimitException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SnapshotLimitException() {
    super("the snapshot's limit is reached", null, false, false);
  }
}
