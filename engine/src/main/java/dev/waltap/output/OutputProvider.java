// SPDX-License-Identifier: Apache-2.0
package dev.waltap.output;

import java.io.IOException;

/**
 * Makes outputs of one kind; found by {@link java.util.ServiceLoader} in a jar beside {@code
 * waltap.jar}.
 */
public interface OutputProvider {

  /** What {@code --output} begins with, before {@code ://}; lower case. */
  String scheme();

  /**
   * An output that connects to nothing yet.
   *
   * @throws IllegalArgumentException for an address or option that can't be right
   * @throws IOException if a file that is named can't be used
   */
  StreamOutput prepare(OutputRequest request) throws IOException;
}
