// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import java.util.Random;

/** What damaged bytes are given to. Each input starts from the same state. For one thread. */
interface Layer extends AutoCloseable {

  /**
   * Runs one input.
   *
   * @param random all that distinguishes this input from others
   * @return whether the damage was accepted; if not, it was refused in a declared exception
   * @throws AssertionError if what was accepted was not read right
   */
  boolean run(Random random) throws Exception;

  @Override
  default void close() throws Exception {}
}
