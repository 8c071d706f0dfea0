// SPDX-License-Identifier: Apache-2.0
/**
 * Many databases in one process: finds them, opens a bounded number of captures at a time, parks
 * those that are idle, and keeps what is wrong with one from the others.
 *
 * <pre>
 *  DatabaseSources ──► Discovery ──► FleetEngine ──► MemberRun (one for each open capture)
 *  (files, globs,      (what is       (the only one     its thread opens output and capture,
 *   a directory)        there)         that moves a      runs it, closes both, and reports
 *                          ▲           member)           how that ended
 *  DirectoryWatch ─────────┴──────────────▲
 *  (inotify: came, went, was written to)
 * </pre>
 *
 * <p>Threads: whoever calls {@link dev.waltap.api.Fleet#run} is the fleet's thread; all states of
 * members change there, by events that others put into its queue. A member that is open has a
 * thread of its own, which is the handler's, and what its capture brings along. A watch has one for
 * all directories. What may take long (opening an output, closing a capture) is never done on the
 * fleet's thread, so that one database delays no other.
 *
 * <p>A parked member costs an entry in a map: no thread, no page set, and no descriptor but those
 * that {@link dev.waltap.io.ChannelRegistry} must not close. Its capture was closed in order, and
 * {@link FileStamp} of database and WAL is what it is watched by. It is parked only if the stamp
 * was taken before two looks of the capture that found nothing, is older than a tick of the clock
 * that file systems use, is the same after the capture was closed, and if by then no transaction
 * stood in the WAL that could become a commit without another write ({@link
 * dev.waltap.attach.UnseenCommits}): so nothing that was committed before it is missed, and
 * whatever is committed behind it changes it. SQLite itself checkpoints the WAL and removes it
 * where the capture's connection was the last one; the stamp is another then, and the member is
 * opened once more to see whether that was all.
 *
 * <p>The stamp is also kept beside the state ({@link ParkedMembers}): a member that looks the same
 * when the fleet is started again is parked at once, and not opened.
 *
 * <p>The seam for captures that share threads is {@link MemberRun}: the engine knows only that a
 * run was started, became ready, and has ended.
 */
@NullMarked
package dev.waltap.fleet;

import org.jspecify.annotations.NullMarked;
