// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

/** How {@code inspect} looks. */
enum InspectFormat {
  TEXT,
  JSON
}
