// SPDX-License-Identifier: Apache-2.0
package dev.waltap.message;

/**
 * A field of a struct.
 *
 * @param name its name
 * @param schema what its values are
 */
public record DataField(String name, DataSchema schema) {}
