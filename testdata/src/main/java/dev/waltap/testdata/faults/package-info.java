// SPDX-License-Identifier: Apache-2.0
/** System calls and allocations that fail under the command line, and what must hold afterwards. */
@NullMarked
package dev.waltap.testdata.faults;

import org.jspecify.annotations.NullMarked;
