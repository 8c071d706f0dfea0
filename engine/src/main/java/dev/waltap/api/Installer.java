// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

/** Makes and removes the durable state of a capture. */
public interface Installer {

  /**
   * Creates the state directory and its baseline: from now on the net effect of every change will
   * be delivered, even of those made while nothing runs. Does nothing if it is there.
   *
   * @return whether it was created by this call
   * @throws IllegalStateException if the capture was built without a state directory, or runs
   * @throws CaptureException if the database is refused or the state cannot be made
   */
  boolean setup();

  /**
   * Removes the state directory, and only it. Does nothing if there is none.
   *
   * @return whether it was removed by this call
   * @throws IllegalStateException if the capture was built without a state directory, or runs
   * @throws CaptureException if another capture holds it, a running fleet among them that has
   *     parked the database, or if it cannot be removed
   */
  boolean teardown();
}
