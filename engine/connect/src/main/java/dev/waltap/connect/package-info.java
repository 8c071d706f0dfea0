// SPDX-License-Identifier: Apache-2.0
/**
 * A source connector for Kafka Connect: each database is captured by one task of it.
 *
 * <pre>
 *   WaltapSourceConnector ── which databases there are, and which task has which
 *   WaltapSourceTask ── what the worker polls, one database after the other
 *     └ DatabaseCapture ── one database: opened, compared with the offsets, captured
 *         ├ Handover ── from the capture's thread to the worker's, and back what was committed
 *         └ RecordMaker ── changes as records, by dev.waltap.message
 * </pre>
 *
 * <p>A change counts as delivered when its record is committed: in a transaction of Kafka together
 * with the offset where the worker has exactly-once support, else when the brokers have it.
 */
@NullMarked
package dev.waltap.connect;

import org.jspecify.annotations.NullMarked;
