// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.api.Position;

/**
 * The end of a transaction: once all before it is delivered, the position may be saved.
 *
 * @param position the position of its last change, or of its commit if it has none
 * @param timestampMicros when the transaction was seen
 */
public record TransactionEnd(Position position, long timestampMicros) {}
