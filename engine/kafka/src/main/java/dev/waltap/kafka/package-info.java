// SPDX-License-Identifier: Apache-2.0
/**
 * Changes to Kafka, exactly once: messages and the stream's position in one Kafka transaction.
 *
 * <pre>
 *   KafkaOutput ── batches: where a Kafka transaction may end, what was delivered already, retries
 *     └ KafkaSession ── one producer: begins, sends, commits; closed and opened again after a failure
 *         └ PositionsTopic ── what was committed last, and by whom
 * </pre>
 *
 * <p>All of it runs on the handler's thread; {@link dev.waltap.output.StreamOutput#stop} may come
 * from any.
 */
@NullMarked
package dev.waltap.kafka;

import org.jspecify.annotations.NullMarked;
