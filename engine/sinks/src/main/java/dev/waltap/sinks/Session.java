// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** One connection, used until it fails. */
interface Session extends Closeable {

  /**
   * Sends messages, and returns when the server has all of them. After a failure the same messages
   * come again, by another session: the server has a first part of them then, or all, or none.
   *
   * @throws RefusedException for what does not pass by itself
   * @throws IOException for what may
   */
  void send(List<Message> messages) throws IOException, InterruptedException;

  /**
   * Ends what is under way; from any thread. It never fails: all that was sent is acknowledged or
   * reported as a failure by then, so that a connection that is already lost means nothing more.
   */
  @Override
  void close();

  /** Connects. */
  @FunctionalInterface
  interface Opening {

    /**
     * Opens a session.
     *
     * @param timeout how long that, and each answer, may take
     * @throws RefusedException for what does not pass by itself
     * @throws IOException for what may
     */
    Session open(Duration timeout) throws IOException, InterruptedException;
  }
}
