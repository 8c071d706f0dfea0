// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import java.nio.file.Path;

/**
 * The way into the library.
 *
 * <pre>{@code
 * try (var capture = Waltap.open(Path.of("app.db")).tables("users", "orders")
 *         .stateDirectory(Path.of("app.db-waltap"))
 *         .handler(batch -> batch.forEach(System.out::println)).build()) {
 *     capture.bootstrapAndCdc();
 * }
 * }</pre>
 */
public final class Waltap {

  private Waltap() {}

  /** Begins to describe a capture of this database. Touches no file yet. */
  public static CaptureBuilder open(Path database) {
    return new CaptureBuilder(database);
  }

  /** Begins to describe captures of many databases in one process. Touches no file yet. */
  public static FleetBuilder fleet() {
    return new FleetBuilder();
  }
}
