// SPDX-License-Identifier: Apache-2.0
package dev.waltap.output;

import java.io.IOException;
import java.util.Set;

/**
 * Makes outputs of one kind; found by {@link java.util.ServiceLoader} in a jar beside {@code
 * waltap.jar}.
 */
public interface OutputProvider {

  /** What {@code --output} begins with, before {@code ://}: any of these, in lower case. */
  Set<String> schemes();

  /**
   * An output that connects to nothing yet.
   *
   * @throws IllegalArgumentException for an address or option that can't be right
   * @throws IOException if a file that is named can't be used
   */
  ClientOutput prepare(OutputRequest request) throws IOException;
}
