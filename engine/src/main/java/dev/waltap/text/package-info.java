// SPDX-License-Identifier: Apache-2.0
/**
 * Rows, names and values as people read them on a terminal: which columns an update changed, how a
 * value is written and cut, and what colour it has. Used by what is printed for people, {@code
 * inspect} and {@code demo}; what programs read is rendered elsewhere.
 */
@NullMarked
package dev.waltap.text;

import org.jspecify.annotations.NullMarked;
