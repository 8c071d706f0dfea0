// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/** What a capture delivers; see the methods of {@link Engine} of the same names. */
public enum CaptureMode {
  /** {@link Engine#cdc}: changes. */
  CDC,
  /** {@link Engine#bootstrap}: every row that there is, then it ends. */
  BOOTSTRAP,
  /** {@link Engine#bootstrapAndCdc}: every row that there is, then changes. */
  BOOTSTRAP_AND_CDC
}
