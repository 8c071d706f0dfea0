// SPDX-License-Identifier: Apache-2.0
/**
 * How the captures that a fleet has open share memory for page sets, backlogs and queues.
 *
 * <p>The pool is a quarter of the heap. Each open capture has 256 KiB of it for sure, and takes
 * more while there is some: for its pages up to eight times as much as is left then, for its
 * backlog and its queue, which can't be moved to a file, as much as is left. So a single busy one
 * gets nearly all, several get equal parts, and there is always something left for the next one.
 * Nobody waits for memory: what gets none goes to a file, stays in the WAL, or waits for the
 * handler as a full queue does.
 *
 * <pre>
 * HOLDER           GIVES BACK
 * page set         when it has more than its fair part, since others came: 64 KiB with each page
 *                  that it decompresses or begins to hold, and with each transaction
 * backlog, queue   what was decoded, and what was delivered
 * idle capture     all but its floor, once less than half of what is beyond the floors is left
 * closed capture   all
 * </pre>
 */
@NullMarked
package dev.waltap.memory;

import org.jspecify.annotations.NullMarked;
