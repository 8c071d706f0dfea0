// SPDX-License-Identifier: Apache-2.0
package dev.waltap.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The header of a database: the first 100 bytes of page 1.
 *
 * <pre>
 * OFFSET  SIZE  MEANING
 *  0      16    "SQLite format 3" and a zero byte
 * 16       2    page size: a power of two, 512..32768, or 1 for 65536
 * 18       1    write version: 1 rollback journal, 2 WAL (3 is WAL2, of a branch of SQLite)
 * 19       1    read version: likewise
 * 20       1    reserved bytes at the end of every page
 * 21       3    64, 32, 32: payload fractions, fixed
 * 24       4    file change counter; in WAL mode not every commit moves it
 * 28       4    database size in pages; 0 where an old SQLite wrote last
 * 32       4    first freelist trunk page, 0 for none
 * 36       4    freelist pages in all
 * 40       4    schema cookie: changes with every change of the schema
 * 44       4    schema format, 1..4; 0 before the first table
 * 52       4    largest root page; nonzero means auto_vacuum
 * 56       4    text encoding
 * 60       4    user version
 * 64       4    nonzero: incremental instead of full auto_vacuum
 * 68       4    application id
 * 92       4    the change counter for which the database size and the SQLite version are valid
 * 96       4    version number of the SQLite that wrote last
 * </pre>
 *
 * <p>Source: fileformat2.html, "The Database Header"; {@code lockBtree()} of btree.c for what is
 * refused. All numbers are big-endian; those read as {@code int} are unsigned.
 *
 * @param pageSize bytes in a page, 512..65536
 * @param writeVersion 1 or 2
 * @param readVersion 1 or 2
 * @param reservedBytes bytes at each page's end that are not SQLite's
 * @param pageCount pages as the header has them; the commit field of the last frame is the truth
 * @param freelistTrunk first trunk page, 0 for none
 * @param freelistPages pages on the freelist
 * @param largestRootPage nonzero in auto_vacuum databases, which have pointer-map pages
 */
public record DatabaseHeader(
    int pageSize,
    int writeVersion,
    int readVersion,
    int reservedBytes,
    int fileChangeCounter,
    int pageCount,
    int freelistTrunk,
    int freelistPages,
    int schemaCookie,
    int schemaFormat,
    int largestRootPage,
    TextEncoding textEncoding,
    int userVersion,
    boolean incrementalVacuum,
    int applicationId,
    int sqliteVersion) {

  /** Bytes of the header. */
  public static final int SIZE = 100;

  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int MIN_USABLE = 480;
  private static final int WAL_VERSION = 2;
  private static final int LATEST_SCHEMA_FORMAT = 4;

  /**
   * Reads the header at the start of an array of at least 100 bytes.
   *
   * @throws CorruptDatabaseException if these bytes are no header of SQLite's
   * @throws UnsupportedDatabaseException if they are one that this version does not know
   */
  public static DatabaseHeader parse(byte[] b) {
    if (b.length < SIZE || !Arrays.equals(b, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new CorruptDatabaseException(
          "not a SQLite database, or an encrypted one: the file does not begin with"
              + " \"SQLite format 3\"");
    }
    DatabaseHeader header =
        new DatabaseHeader(
            pageSize(Bytes.u16(b, 16)),
            Bytes.u8(b, 18),
            Bytes.u8(b, 19),
            Bytes.u8(b, 20),
            Bytes.u32(b, 24),
            Bytes.u32(b, 28),
            Bytes.u32(b, 32),
            Bytes.u32(b, 36),
            Bytes.u32(b, 40),
            schemaFormat(b),
            Bytes.u32(b, 52),
            textEncoding(b),
            Bytes.u32(b, 60),
            Bytes.u32(b, 64) != 0,
            Bytes.u32(b, 68),
            Bytes.u32(b, 96));
    header.check();
    return header;
  }

  /**
   * The schema format in a first page, of which nothing else is looked at. As for SQLite, only its
   * lowest byte counts.
   */
  public static int schemaFormat(byte[] page) {
    return Bytes.u8(page, 47);
  }

  /** The encoding of text in a first page, of which nothing else is looked at. */
  public static TextEncoding textEncoding(byte[] page) {
    return TextEncoding.of(Bytes.u32(page, 56));
  }

  /** Whether two images of page 1 agree in page size and reserved bytes. */
  public static boolean isSameFormat(byte[] page1, byte[] other) {
    return Bytes.u16(page1, 16) == Bytes.u16(other, 16) && page1[20] == other[20];
  }

  private static int pageSize(int stored) {
    if (stored == 1) {
      return 65536;
    }
    if (stored < 512 || Integer.bitCount(stored) != 1) {
      throw CorruptDatabaseException.page(
          1, "page size " + stored + " at offset 16 is no power of two in 512..65536");
    }
    return stored;
  }

  private void check() {
    int version = Math.max(writeVersion, readVersion);
    if (version > WAL_VERSION) {
      throw new UnsupportedDatabaseException(
          "file format version "
              + version
              + " at header offset 18"
              + (version == 3 ? " (WAL2)" : "")
              + "; only 1 and 2 (WAL) are known");
    }
    if (schemaFormat > LATEST_SCHEMA_FORMAT) {
      throw new UnsupportedDatabaseException(
          "schema format " + schemaFormat + " at header offset 44");
    }
    if (usableSize() < MIN_USABLE) {
      throw CorruptDatabaseException.page(
          1, reservedBytes + " reserved bytes leave less than 480 of a page of " + pageSize);
    }
  }

  /** Bytes of a page that SQLite uses: the page size without the reserved bytes, at least 480. */
  public int usableSize() {
    return pageSize - reservedBytes;
  }

  /** Whether the database is in WAL mode. */
  public boolean isWal() {
    return writeVersion == WAL_VERSION && readVersion == WAL_VERSION;
  }

  /** Whether the database has pointer-map pages. */
  public boolean isAutoVacuum() {
    return largestRootPage != 0;
  }
}
