// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/**
 * A capture of one database: install it, run it, watch it. {@link Engine} says what may follow
 * what.
 */
public interface ChangeDataCapture extends Installer, Engine {

  /** Counters and gauges at this moment; from any thread, at any time. */
  CaptureMetrics metrics();
}
