// SPDX-License-Identifier: Apache-2.0
/**
 * The last changes that were delivered, for those who look on: counts by table and operation, and
 * the rows themselves where they may be shown.
 *
 * <p>Changes are taken by a handler around the one that delivers, when that has returned. A
 * listener after delivery would need a place in the engine and a copy of what a handler gets
 * anyway; the handler costs one look at a volatile field for each batch while nobody looks on.
 * While somebody does, references are kept, a bounded number between two looks, of each table and
 * of all, and what goes beyond that is only counted: rows become text on the thread of whoever
 * looks on. Nothing here waits for that thread.
 */
@NullMarked
package dev.waltap.live;

import org.jspecify.annotations.NullMarked;
