// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.format.DatabaseException;
import dev.waltap.page.PackedPage;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The saved pages of a closed state, which are loaded one by one, each checked. For one thread; as
 * to who may, see {@link ClosedStateFile}.
 */
final class ClosedPages {
  private final Path path;
  private final StatePageFile file;
  private final long seed;
  private final StatePageFile.Row row = new StatePageFile.Row();
  private final PackedPage packed = new PackedPage();
  private final Lz4Codec codec = new Lz4Codec();

  /**
   * Pages of a file that the caller closes.
   *
   * @param path of the file, for messages
   * @param seed of the hashes of the pages
   */
  ClosedPages(Path path, StatePageFile file, long seed) {
    this.path = path;
    this.file = file;
    this.seed = seed;
  }

  /**
   * Loads a page.
   *
   * @param hash of the image that it must have, under the seed
   * @throws CaptureException REFUSED if it is not the one that was saved, DISK if it can't be read
   */
  void load(int pageNumber, long hash, byte[] to) {
    try {
      if (!file.read(Integer.toUnsignedLong(pageNumber), row)) {
        throw PageTable.missing(path, pageNumber);
      }
      packed.set(row.data, 0, row.size);
      if (row.hash != PageTable.storedHash(pageNumber, hash)
          || !PageTable.unpack(codec, packed, seed, hash, to)) {
        throw PageTable.wrongHash(path, pageNumber);
      }
    } catch (DatabaseException e) {
      throw StateErrors.corrupt(path, e.getMessage(), e);
    } catch (IOException e) {
      throw StateErrors.io(path, e);
    }
  }
}
