// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

import org.jspecify.annotations.Nullable;

/**
 * A message before it is written in some encoding.
 *
 * @param kind what it is about
 * @param table the table it is about; empty for {@link MessageKind#TRANSACTION}
 * @param key null for a message that has none
 * @param value null for a tombstone
 */
public record DataMessage(
    MessageKind kind, String table, @Nullable DataStruct key, @Nullable DataStruct value) {}
