// SPDX-License-Identifier: Apache-2.0
/**
 * The write-ahead log as it grows: generations, the commit horizon, continuity, and committed
 * transactions copied out of it.
 */
@NullMarked
package dev.waltap.wal;

import org.jspecify.annotations.NullMarked;
