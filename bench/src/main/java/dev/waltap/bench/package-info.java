// SPDX-License-Identifier: Apache-2.0
/** The end-to-end comparison: what a capture costs the application whose database it watches. */
@NullMarked
package dev.waltap.bench;

import org.jspecify.annotations.NullMarked;
