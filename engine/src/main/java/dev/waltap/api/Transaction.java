// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/**
 * The transaction a change belongs to.
 *
 * @param id {@code epoch:frame} of its commit
 * @param index the change's place in it, from 0, before any filter
 * @param last whether this is the last change of the transaction that this capture delivers
 */
public record Transaction(String id, long index, boolean last) {}
