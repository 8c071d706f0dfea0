// SPDX-License-Identifier: Apache-2.0
/** Where the pages of committed transactions wait, in little memory, until they are decoded. */
@NullMarked
package dev.waltap.history;

import org.jspecify.annotations.NullMarked;
