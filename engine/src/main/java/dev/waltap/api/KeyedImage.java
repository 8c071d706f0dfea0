// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/**
 * An image that knows the key of its row: for the rows of a capture, which make it when it is asked
 * for. A class, not an interface: a JVM finds out quickly whether an object is of a class.
 */
public abstract class KeyedImage extends AbstractRow {

  /** For images of a class of its own. */
  protected KeyedImage() {}

  /** The key of the row whose image this is, see {@link Change#key()}; the same each time. */
  protected abstract Row key();
}
