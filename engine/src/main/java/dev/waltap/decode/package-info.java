// SPDX-License-Identifier: Apache-2.0
/**
 * From the pages of a committed transaction to the changes that it made, in order, in the queue.
 */
@NullMarked
package dev.waltap.decode;

import org.jspecify.annotations.NullMarked;
