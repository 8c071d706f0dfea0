// SPDX-License-Identifier: Apache-2.0
package dev.waltap.page;

/** Has pages of a {@link PageSet} that were not asked for yet. On the thread of the page set. */
@FunctionalInterface
public interface PageLoader {

  /**
   * Fills the array with a page.
   *
   * @param hash what its image must hash to, under the seed of the page set; if it does not, that
   *     is for the loader to say by an exception
   */
  void load(int pageNumber, long hash, byte[] to);
}
