// SPDX-License-Identifier: Apache-2.0
/** Lays out the distribution; runs in the build only and is not part of it. */
@NullMarked
package dev.waltap.dist;

import org.jspecify.annotations.NullMarked;
