// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.CaptureException;
import dev.waltap.page.PackedPage;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;

/**
 * The table {@code page}: the page set as of the base. Each row's hash is that of the image, mixed
 * with the page's number; their number and sum are in the {@link StateHeader}. So a changed bit, a
 * page under another number, a page of another time, and one that is missing are all noticed.
 *
 * <p>A page of the same hash is taken for the same page, and not written again. So the hash is
 * under a seed that was drawn for this state: whoever writes rows to the database must not be able
 * to make two pages that look the same here.
 *
 * <p>For one thread; statements are closed with the file.
 */
final class PageTable {
  /** The property that keeps the seed. */
  static final String SEED = "page hash seed";

  private static final byte[] NOTHING = {};

  /** The last of the numbers that a page can have. */
  private static final long MAX_PAGE = (1L << 32) - 1;

  private final StateFile file;
  private final StateHeader head;
  private final int pageSize;
  private final long seed;
  private final Lz4Codec codec = new Lz4Codec();
  private final PreparedStatement find;
  private final PreparedStatement replace;
  private final PackedPage packed = new PackedPage();

  /** The table of a state that is there. */
  static PageTable open(StateFile file, StateHeader head, StateProperties properties, int pageSize)
      throws SQLException {
    if (!file.isSeeded()) {
      return new PageTable(file, head, pageSize, 0);
    }
    return new PageTable(file, head, pageSize, seed(properties, file.path()));
  }

  /** The seed of a state that has one. */
  static long seed(StateProperties properties, Path path) {
    String seed = properties.read(SEED);
    if (seed == null) {
      throw StateErrors.corrupt(path, "its " + SEED + " is missing", null);
    }
    try {
      return Long.parseLong(seed);
    } catch (NumberFormatException e) {
      throw StateErrors.corrupt(path, "its " + SEED + " cannot be read", e);
    }
  }

  private PageTable(StateFile file, StateHeader head, int pageSize, long seed) throws SQLException {
    this.seed = seed;
    this.file = file;
    this.head = head;
    this.pageSize = pageSize;
    this.find = file.prepare("SELECT hash, data FROM page WHERE number = ?");
    this.replace = file.prepare("INSERT OR REPLACE INTO page VALUES(?,?,?)");
  }

  /** The seed of the hashes of its pages; none if they are hashed without one. */
  OptionalLong seed() {
    return file.isSeeded() ? OptionalLong.of(seed) : OptionalLong.empty();
  }

  /** Puts a page in place of what was there under its number. */
  void put(int number, byte[] image) throws SQLException {
    long hash = storedHash(number, image);
    find.setLong(1, Integer.toUnsignedLong(number));
    try (ResultSet row = find.executeQuery()) {
      if (!row.next()) {
        head.pages++;
      } else if (row.getLong(1) == hash) {
        return;
      } else {
        head.digest -= row.getLong(1);
      }
    }
    write(number, image, hash);
  }

  /** Removes all pages past the end of the database. */
  void cut(int databaseSize) throws SQLException {
    try (PreparedStatement beyond =
        file.prepare(
            "SELECT count(*), sum(hash >> 32), sum(hash & 4294967295) FROM page"
                + " WHERE number > ?")) {
      beyond.setLong(1, Integer.toUnsignedLong(databaseSize));
      try (ResultSet row = beyond.executeQuery()) {
        if (!row.next() || row.getLong(1) == 0) {
          return;
        }
        // In halves, since SQLite's sums refuse to overflow and the digest is meant to.
        head.pages -= row.getLong(1);
        head.digest -= (row.getLong(2) << 32) + row.getLong(3);
      }
    }
    try (PreparedStatement deleteBeyond = file.prepare("DELETE FROM page WHERE number > ?")) {
      deleteBeyond.setLong(1, Integer.toUnsignedLong(databaseSize));
      deleteBeyond.execute();
    }
  }

  /** Hands out all pages by number. */
  void load(StoredPages receiver) throws SQLException {
    long pages = 0;
    long digest = 0;
    byte[] image = new byte[pageSize];
    PackedPage packed = new PackedPage();
    try (PreparedStatement select = file.prepare("SELECT * FROM page ORDER BY number");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        int number = pageNumber(row.getLong(1));
        long hash = row.getLong(2);
        byte[] bytes = row.getBytes(3);
        packed.set(bytes == null ? NOTHING : bytes, 0, bytes == null ? 0 : bytes.length);
        if (!codec.unpack(packed, image)) {
          throw wrongHash(number);
        }
        packed.hash(Lz4Codec.hash(image, seed));
        if (storedHash(number, packed.hash()) != hash) {
          throw wrongHash(number);
        }
        pages++;
        digest += hash;
        receiver.page(number, image, packed);
      }
    }
    if (pages != head.pages || digest != head.digest) {
      throw StateErrors.corrupt(
          file.path(), "its pages are not the " + head.pages + " that were saved", null);
    }
  }

  /**
   * Reads one page.
   *
   * @param imageHash of the image that it must have
   */
  void load(int number, long imageHash, byte[] to) throws SQLException {
    find.setLong(1, Integer.toUnsignedLong(number));
    try (ResultSet row = find.executeQuery()) {
      if (!row.next()) {
        throw missing(file.path(), number);
      }
      byte[] bytes = row.getBytes(2);
      packed.set(bytes == null ? NOTHING : bytes, 0, bytes == null ? 0 : bytes.length);
      if (row.getLong(1) != storedHash(number, imageHash)
          || !unpack(codec, packed, seed, imageHash, to)) {
        throw wrongHash(file.path(), number);
      }
    }
  }

  /** Fills the array with a stored page; says whether that was one, of the image with this hash. */
  static boolean unpack(Lz4Codec codec, PackedPage packed, long seed, long imageHash, byte[] to) {
    return codec.unpack(packed, to) && Lz4Codec.hash(to, seed) == imageHash;
  }

  /** States made before numbers past 2^31 were written as unsigned ones have negative ones. */
  private int pageNumber(long row) {
    if (row == 0 || row < Integer.MIN_VALUE || row > MAX_PAGE) {
      throw StateErrors.corrupt(file.path(), "page " + row + " can't be one", null);
    }
    return (int) row;
  }

  private RuntimeException wrongHash(int number) {
    return wrongHash(file.path(), number);
  }

  static CaptureException wrongHash(Path file, int number) {
    return StateErrors.corrupt(
        file, "page " + Integer.toUnsignedString(number) + " has a wrong hash", null);
  }

  static CaptureException missing(Path file, int number) {
    return StateErrors.corrupt(
        file, "page " + Integer.toUnsignedString(number) + " is missing", null);
  }

  private void write(int number, byte[] image, long hash) throws SQLException {
    replace.setLong(1, Integer.toUnsignedLong(number));
    replace.setLong(2, hash);
    replace.setBytes(3, codec.pack(image, pageSize));
    replace.execute();
    head.digest += hash;
  }

  private long storedHash(int number, byte[] image) {
    return storedHash(number, Lz4Codec.hash(image, seed));
  }

  /** What is kept as a page's hash. */
  static long storedHash(int number, long imageHash) {
    return imageHash ^ Lz4Codec.spread(number);
  }
}
