// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

/** How standard error says what it says. */
enum LogFormat {
  TEXT,
  JSON
}
