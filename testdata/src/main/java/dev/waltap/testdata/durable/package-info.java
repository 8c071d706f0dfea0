// SPDX-License-Identifier: Apache-2.0
/** Captures that are killed, and what happens to databases while nothing runs. */
@NullMarked
package dev.waltap.testdata.durable;

import org.jspecify.annotations.NullMarked;
