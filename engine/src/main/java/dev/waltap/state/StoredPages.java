// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.page.PackedPage;

/** Takes the pages of a state. */
@FunctionalInterface
public interface StoredPages {

  /**
   * A page. The arrays of both forms are the giver's, and another page's afterwards.
   *
   * @param image as it is in the database
   * @param packed the same as it is kept, hashed under the state's seed
   */
  void page(int pageNumber, byte[] image, PackedPage packed);
}
