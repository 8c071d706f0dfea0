// SPDX-License-Identifier: Apache-2.0
/** The capture end to end: one special case of SQLite after the other, judged by the oracle. */
@NullMarked
package dev.waltap.testdata.capture;

import org.jspecify.annotations.NullMarked;
