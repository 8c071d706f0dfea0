// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/**
 * A column as its table declares it.
 *
 * @param name the column's name
 * @param type the declared type, empty where none is declared
 * @param key its place in the declared primary key, from 1; 0 for a column outside of it
 */
public record ColumnSchema(String name, String type, int key) {}
