// SPDX-License-Identifier: Apache-2.0
/** Records: serial types, values, and what a decoder must know of a table to name them. */
@NullMarked
package dev.waltap.record;

import org.jspecify.annotations.NullMarked;
