// SPDX-License-Identifier: Apache-2.0
/**
 * How fast Waltap reads, beside whatever else reads SQLite: each way in a process of its own, in
 * turns, and the figures as ratios, which stay the same from machine to machine.
 *
 * <pre>
 *   Speed ──▶ Measurement ──▶ Contestant ──▶ a process: ScanMain, WaitingLogMain, StateMain,
 *   (tables,   (in turns)                    the C loop, the sqlite3 shell
 *    ratios)
 * </pre>
 */
@NullMarked
package dev.waltap.bench.speed;

import org.jspecify.annotations.NullMarked;
