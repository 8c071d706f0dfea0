// SPDX-License-Identifier: Apache-2.0
/**
 * A database as one read transaction sees it, and what the page set learns from it: all captured
 * trees, or what differs from the pages that are held.
 */
@NullMarked
package dev.waltap.snapshot;

import org.jspecify.annotations.NullMarked;
