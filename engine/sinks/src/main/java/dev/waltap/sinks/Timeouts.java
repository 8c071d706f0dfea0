// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import java.time.Duration;

/** How long an attempt may take. */
final class Timeouts {

  /** Where nothing else was asked for. */
  static final Duration USUAL = Duration.ofSeconds(10);

  private Timeouts() {}
}
