// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

/**
 * One field of a WITHOUT ROWID table's b-tree key.
 *
 * @param collation how text in it is ordered
 * @param descending whether its order is reversed
 */
public record KeyField(Collation collation, boolean descending) {}
