// SPDX-License-Identifier: Apache-2.0
/**
 * The log as it is followed: copied before SQLite reuses it, kept until it is decoded, numbered by
 * epochs, counted.
 *
 * <pre>
 *   -wal ──▶ LogFollower ──▶ Backlog ──▶ whoever decodes
 *            (copies; finds   (waiting
 *             a gap)           transactions)
 * </pre>
 *
 * <p>Copying never waits, and nothing here decides what to do about a gap. All of it belongs to the
 * capture thread, but what {@link dev.waltap.follow.Counters} shows, which any thread may read.
 */
@NullMarked
package dev.waltap.follow;

import org.jspecify.annotations.NullMarked;
