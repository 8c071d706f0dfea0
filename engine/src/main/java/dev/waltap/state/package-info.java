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
 * <p>An opening need not read the pages. Where a capture ends in order with nothing left to emit,
 * it compacts the rest of the journal and leaves a summary of the page table: of each page its
 * hash, and whose it is, see {@link dev.waltap.btree.PageSummary}. The next opening takes the page
 * set from that, and reads a page from the table when it is asked for. What makes this safe:
 *
 * <ul>
 *   <li>The summary names the page table that it is of, by base, number and digest of the pages,
 *       and counts for no other. So it need not be removed: whatever moves the table on, also a
 *       Waltap that knows of no summary, makes it void, and a state that was copied or restored has
 *       its own or none. It is written in the same commit as the table, and hashed. One that is
 *       void, damaged or not there means that all pages are read, as ever.
 *   <li>A page that is read later is checked against the summary's hash: it is the one that was
 *       there at the opening, or the state is refused as damaged.
 *   <li>A page is read later only while no transaction has written it since the base, and only such
 *       transactions change the table while it is held, a page each that the page set has got
 *       before: it holds what it was given, and never goes back to the table for it.
 * </ul>
 *
 * <p>Nor need every transaction open the state. Whoever closed it in order, with nothing left to
 * emit and all compacted, has a {@link dev.waltap.state.ClosedState}, and adds transactions to the
 * file {@code tail} beside it, each durably before any change of it is handed out, and what was
 * acknowledged of them. The next opening takes them into the journal, in one commit. What makes
 * this safe:
 *
 * <ul>
 *   <li>It follows one commit of one state, and counts for no other: after the commit that takes it
 *       in it is void, whether or not it was emptied.
 *   <li>It is added to only by who holds the state, and if neither that nor the file was touched
 *       since. Each transaction is counted beside it, as a commit is: one that is missing is
 *       noticed, and the state refused.
 *   <li>What can't be read at its end was being written when everything stopped, and nothing of it
 *       was handed out. What can't be read and was on disk, as later records or the count say, is
 *       damaged, and refused.
 *   <li>Whoever looks at a state reads both files, this one first.
 * </ul>
 *
 * <p>Whoever did not close the state itself reads what that takes from {@code state.db} without
 * SQLite, by a {@link dev.waltap.state.ClosedStateReader}, if all of it is exactly as such a close
 * leaves it: each row that counts is hashed, and together they have to be those that the head is
 * about. In any doubt the state is opened as usual, which says what is wrong with it, if anything
 * is.
 *
 * <p>Nothing here knows of capture policy, of SQL schemas, or of what a page means.
 */
@NullMarked
package dev.waltap.state;

import org.jspecify.annotations.NullMarked;
