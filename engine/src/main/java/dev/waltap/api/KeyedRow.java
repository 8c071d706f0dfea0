// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/**
 * A row image of a capture, which knows its key: so that {@link Change#key()} takes memory only
 * when it is asked for. For captures.
 */
public interface KeyedRow extends Row {

  /** The key, see {@link Change#key()}; another object each time, and equal. */
  Row key();
}
