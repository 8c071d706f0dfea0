// SPDX-License-Identifier: Apache-2.0
/** Two versions of a tree and the pages that may differ, made into the rows that do differ. */
@NullMarked
package dev.waltap.diff;

import org.jspecify.annotations.NullMarked;
