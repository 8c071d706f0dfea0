// SPDX-License-Identifier: Apache-2.0
/**
 * Many databases in one process: finds them, opens a bounded number of captures at a time, parks
 * those that are idle, and keeps what is wrong with one from the others.
 *
 * <pre>
 *  DatabaseSources ──► Discovery ──► FleetEngine ──► MemberRun (one for each open capture)
 *  (files, globs,      (what is       (the only one     opens output and capture, runs it,
 *   a directory)        there)         that moves a      closes both, and reports how that
 *                          ▲           member)           ended, on FleetThreads
 *  DirectoryWatch ─────────┴──────────────▲
 *  (inotify: came, went, was written to)
 * </pre>
 *
 * <p>Threads: whoever calls {@link dev.waltap.api.Fleet#run} is the fleet's thread; all states of
 * members change there, by events that others put into its queue. All else is done on threads of
 * {@link FleetThreads}, which makes as many as it takes, since any of them may wait for a disk, a
 * lock or a handler, and one database must delay no other. An open member has two while it is
 * active: its capture's and its handler's. It gives them back when it is idle:
 *
 * <pre>
 *              has a thread while                       goes on when
 *  handler's   there are changes to deliver or flush,   the queue gets a change, or ends
 *              and half a second longer
 *  capture's   something is to be read, decoded,        the file watch reports a write to the
 *              handed over or saved, a read             WAL, it is closed, or, at the latest after
 *              transaction is held, or may become       a second, the fleet's thread finds that its
 *              visible without another write            next look is due
 * </pre>
 *
 * <p>What is committed at the moment of leaving is not missed: the watch is begun before the last
 * look that finds nothing, so that a write behind that look is reported; a report that comes before
 * the thread has left keeps it. A write may be reported long before its commit can be seen, with
 * {@code synchronous=FULL} by a sync: while such a one stands in the WAL ({@link
 * dev.waltap.wal.UnseenCommits}), it is looked for, for a second at most. That is so with the
 * signal that a capture has by default: {@link dev.waltap.wake.WakeSignals#fileWatching} does not
 * ask, and leaves after 20 ms; such a commit is then found when its next look is due. Where the
 * file can't be watched, the user's own signal or a timer of less than a second is waited for, or
 * the guard is ALWAYS, the capture keeps its thread. Looks that are due take turns on two threads,
 * so that many at once need few; where these are held up, others help. One thread reports what
 * happens to files and directories, at once, and then for a millisecond, or four in a fleet of a
 * hundred, what has come together: {@link dev.waltap.host.FileEvents}.
 *
 * <p>A parked member costs an entry in a map: no thread, no page set, and no descriptor but those
 * that {@link dev.waltap.io.ChannelRegistry} must not close. Its capture was closed in order, and
 * {@link FileStamp} of database and WAL is what it is watched by. It is parked only if the stamp
 * was taken before two looks of the capture that found nothing, is older than a tick of the clock
 * that file systems use, is the same after the capture was closed, and if by then no transaction
 * stood in the WAL that could become a commit without another write ({@link
 * dev.waltap.wal.UnseenCommits}): so nothing that was committed before it is missed, and whatever
 * is committed behind it changes it. SQLite itself checkpoints the WAL and removes it where the
 * capture's connection was the last one; the stamp is another then, and the member is opened once
 * more to see whether that was all.
 *
 * <p>A report of a write to its files makes it be looked at. For what is not reported, each is
 * looked at every now and then, one after the other: once in ten seconds, or once a minute where
 * all directories are watched and are on file systems that no other computer writes to, and its
 * capture did not warn of other names by which it may be written to; all at once, and at once,
 * where reports were lost; every second where a directory can't be watched. Which databases there
 * are is looked at every ten seconds, too: what a name was last time, it is taken for until a
 * report says that something happened to it ({@link KnownDatabases}).
 *
 * <p>What going on takes is kept in memory as well, up to a fifth of the heap: the schema, and of
 * each page its hash and whose it is ({@link Kept}). When such a member is written to, {@link
 * MemberRun} tries a {@link Shortcut} by {@link dev.waltap.session.CatchUp}, at a fifth of what
 * opening costs, with one thread, no connection and no lock on the database:
 *
 * <pre>
 *  The application          so since the stamp             emitted is
 *  keeps its connection     the file was not written to,   each transaction,
 *                           and the WAL has all            as it was committed
 *  closes its connection    the WAL is gone,               what the file differs in,
 *                           and the file has all           as one transaction
 * </pre>
 *
 * <p>SQLite begins a WAL again only when all of it is in the file. So where the file was not
 * written to, the WAL is the one that was read before, or the first one after it; the latter is
 * believed only if all of the former was in the file, since people delete and restore WALs, too. A
 * WAL that is gone is waited for some milliseconds ({@link QuietFile}). Where all that may not be
 * so, or not be exact, the capture is opened as ever.
 *
 * <p>The stamp is also kept beside the state ({@link ParkedMembers}), once a member has been parked
 * for five minutes, or ends: a member that looks the same when the fleet is started again is parked
 * at once, and not opened.
 *
 * <p>The seam is {@link MemberRun}: the engine knows only that a run was started, became ready, and
 * has ended.
 */
@NullMarked
package dev.waltap.fleet;

import org.jspecify.annotations.NullMarked;
