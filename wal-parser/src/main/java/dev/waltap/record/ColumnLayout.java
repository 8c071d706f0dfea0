// SPDX-License-Identifier: Apache-2.0
package dev.waltap.record;

/**
 * A stored column, as far as its decoding goes.
 *
 * @param name the column's name
 * @param real whether it has REAL affinity: an integer on disk then reads as a real
 * @param defaultValue its value in records that are shorter than the table, written before ALTER
 *     TABLE ADD COLUMN
 */
public record ColumnLayout(String name, boolean real, Value defaultValue) {}
