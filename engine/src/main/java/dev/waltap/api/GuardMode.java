// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/** When to hold a read transaction so that no history can be lost. */
public enum GuardMode {
  /** Only where the application does not notice it. */
  ADAPTIVE,
  /** Always: full history at the writer's cost. */
  ALWAYS,
  /** Never: a capture that is overrun emits net changes. */
  NEVER
}
