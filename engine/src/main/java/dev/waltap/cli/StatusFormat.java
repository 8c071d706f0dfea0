// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

/** How {@code status} looks. */
enum StatusFormat {
  TEXT,
  JSON
}
