// SPDX-License-Identifier: Apache-2.0
/**
 * Attaching to a live database: its files, its connection, the checks that may refuse it, and the
 * guard of its history.
 */
@NullMarked
package dev.waltap.attach;

import org.jspecify.annotations.NullMarked;
