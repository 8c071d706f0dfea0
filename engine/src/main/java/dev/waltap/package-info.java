// SPDX-License-Identifier: Apache-2.0
/** The way in: {@link dev.waltap.Waltap}, the builder that wires everything else. */
@NullMarked
package dev.waltap;

import org.jspecify.annotations.NullMarked;
