// SPDX-License-Identifier: Apache-2.0
/** Captures in processes of their own under load, and the scenarios that measure them. */
@NullMarked
package dev.waltap.testdata.soak;

import org.jspecify.annotations.NullMarked;
