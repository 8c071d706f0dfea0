// SPDX-License-Identifier: Apache-2.0
package dev.waltap.decode;

import dev.waltap.api.Change;
import dev.waltap.api.Position;

/** Takes what transactions are made into, in order. For the thread that decodes. */
public interface ChangeSink {
  /**
   * Takes a change that is not the last of its transaction. May wait for whoever takes it from
   * there, so it is not called with half a step done.
   *
   * @param bytes to count for it
   */
  void add(Change change, long bytes);

  /**
   * Takes the last change of a transaction, whose position may be saved once it and all before it
   * is delivered; never waits.
   *
   * @param bytes to count for it
   */
  void addLast(Change change, long bytes);

  /**
   * A transaction ended of which no change is emitted; never waits.
   *
   * @param commit where: once all before it is delivered, this may be saved
   */
  void addEnd(Position commit);

  /**
   * Called before a change with large images is made: may wait until there is room for them.
   *
   * @param bytes of the images
   */
  default void makeRoom(long bytes) {}
}
