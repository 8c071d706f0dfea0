// SPDX-License-Identifier: Apache-2.0
/**
 * Position and page set made durable, in an SQLite file of their own.
 *
 * <pre>
 *  the state at any moment:   base ≤ acknowledged ≤ end
 *
 *    page table ──► the page set as of base
 *    journal    ──► the transactions (base, end], each with the pages it wrote
 * </pre>
 *
 * <p>Two things can go wrong with a page set that is saved apart from what was emitted. If it runs
 * ahead of what the handler took, the changes between are never emitted. If it stays behind what
 * the handler took and the WAL is gone, a row inserted and emitted, then deleted while nothing ran,
 * is never emitted as deleted. So a transaction goes to the journal, durably, before any change of
 * it is handed out, and moves the page table on only after it was acknowledged. After a crash the
 * page table is loaded and the journal replayed: what was acknowledged moves the page set only, the
 * rest is emitted again with the positions it had, and the WAL is read on from {@code end} where
 * continuity is provable.
 *
 * <p>Nothing here knows of capture policy, of SQL schemas, or of what a page means.
 */
@NullMarked
package dev.waltap.state;

import org.jspecify.annotations.NullMarked;
