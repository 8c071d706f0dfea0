// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import dev.waltap.api.Position;
import dev.waltap.page.PackedPage;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The form of the file {@code tail}: transactions that were added to a state while its {@code
 * state.db} was closed, see {@link StateAppender}, and what of them was acknowledged. They follow
 * the commit of {@code state.db} that the header names, and count for no other. The next opening
 * takes them into the journal, see {@link TailContent}.
 *
 * <pre>
 * HEADER  SIZE  MEANING
 *      0     8  form and version
 *      8     8  nonce of the state
 *     16     8  commits of the state.db that it follows
 *     24     8  xxHash64 of the above
 *
 * RECORD  SIZE  MEANING
 *      0     4  1 transaction, 2 acknowledgement, mixed into four bytes that differ widely
 *      4     4  size of the body
 *      8     8  how much of the file was on disk when this was written: what is before that offset
 *               and can't be read was damaged, what is behind it may be torn
 *     16     8  hash of the record before; of the header for the first
 *     24     n  body
 * 24 + n     8  xxHash64 of the above, under the header's hash as seed
 *
 * TRANSACTION
 *      0    44  the entry, see {@link JournalEntry}
 *     44     4  how many pages
 *               of each: number (4), size (4), image as {@link Lz4Codec} packs it
 *
 * ACKNOWLEDGEMENT
 *      0    24  epoch, frame, index
 * </pre>
 *
 * <p>This makes one record. For one thread.
 */
final class TailFile implements JournalEntry.PageSink {
  /** "WALTAPT" and the version, 1. */
  static final long FORM = 0x57414c5441505401L;

  static final int TRANSACTION = 0x57540001;
  static final int ACKNOWLEDGEMENT = 0x57540002;

  static final int HEADER_SIZE = 32;
  static final int HEAD_SIZE = 24;
  static final int HASH_SIZE = 8;

  /** Before each image. */
  static final int IMAGE_HEAD_SIZE = 8;

  /** The most that one record may take, lest reading the file take any amount of memory. */
  static final int MAX_RECORD = 16 << 20;

  private static final int FIRST_ROOM = 8 << 10;

  private final Lz4Codec codec;
  private final PackedPage packed = new PackedPage();
  private final int pageSize;
  private ByteBuffer bytes = ByteBuffer.allocate(FIRST_ROOM);

  /** Where the record begins in the buffer, and the count of pages in it. */
  private int start;

  private int pages;

  /** The page numbers, and where the images are from the buffer's beginning on. */
  private int[] numbers = new int[4];

  private int[] offsets = new int[4];

  TailFile(int pageSize, Lz4Codec codec) {
    this.pageSize = pageSize;
    this.codec = codec;
  }

  /** The header of a file that follows this commit. */
  static byte[] header(long nonce, long commits) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_SIZE);
    header.putLong(FORM).putLong(nonce).putLong(commits);
    return header.putLong(Lz4Codec.hash(header.array(), 0, header.position(), 0)).array();
  }

  /** The hash in a header: what the hashes of its records are under. */
  static long seed(byte[] header) {
    return ByteBuffer.wrap(header).getLong(HEADER_SIZE - HASH_SIZE);
  }

  /** Begins with a header, for a new file, or without. */
  void reset(byte[] header) {
    bytes.clear().put(header);
    pages = 0;
  }

  /**
   * Makes the record of a transaction.
   *
   * @param synced see above
   * @param before the hash of the record before, or of the header
   * @param seed the hash of the header
   * @return its hash
   */
  long transaction(
      JournalEntry entry, JournalEntry.Pages images, long synced, long before, long seed) {
    room(HEAD_SIZE + JournalEntry.SIZE + 4);
    start = bytes.position();
    bytes.putInt(TRANSACTION).putInt(0).putLong(synced).putLong(before);
    entry.store(bytes);
    int count = bytes.position();
    bytes.putInt(0);
    images.forEach(this);
    bytes.putInt(count, pages);
    return end(seed);
  }

  /** Likewise of an acknowledgement, which takes no room here; its hash is its last 8 bytes. */
  static ByteBuffer acknowledgement(Position position, long synced, long before, long seed) {
    int body = 3 * Long.BYTES;
    ByteBuffer record = ByteBuffer.allocate(HEAD_SIZE + body + HASH_SIZE);
    record.putInt(ACKNOWLEDGEMENT).putInt(body).putLong(synced).putLong(before);
    record.putLong(position.epoch()).putLong(position.frame()).putLong(position.index());
    return record.putLong(Lz4Codec.hash(record.array(), 0, HEAD_SIZE + body, seed)).flip();
  }

  private long end(long seed) {
    room(HASH_SIZE);
    int size = bytes.position() - start;
    bytes.putInt(start + 4, size - HEAD_SIZE);
    long hash = Lz4Codec.hash(bytes.array(), start, size, seed);
    bytes.putLong(hash);
    return hash;
  }

  @Override
  public void put(int pageNumber, byte[] image) {
    if (pageNumber == 0 || image.length != pageSize) {
      throw new IllegalArgumentException("page " + pageNumber + " of " + image.length + " bytes");
    }
    codec.pack(image, pageSize, packed);
    room(IMAGE_HEAD_SIZE + packed.size());
    if (pages == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * pages);
      offsets = Arrays.copyOf(offsets, 2 * pages);
    }
    numbers[pages] = pageNumber;
    offsets[pages++] = bytes.position();
    bytes.putInt(pageNumber).putInt(packed.size());
    bytes.put(packed.bytes(), packed.offset(), packed.size());
  }

  private void room(int size) {
    if (bytes.remaining() < size) {
      int needed = bytes.position() + size;
      if (needed > MAX_RECORD) {
        throw new IllegalArgumentException("a transaction of more than " + MAX_RECORD + " bytes");
      }
      int larger = Math.min(MAX_RECORD, Math.max(needed, 2 * bytes.capacity()));
      bytes = ByteBuffer.allocate(larger).put(bytes.flip());
    }
  }

  /** What was made, to be written. */
  ByteBuffer bytes() {
    return bytes.flip();
  }

  /** How many pages are in it. */
  int pages() {
    return pages;
  }

  int pageNumber(int index) {
    return numbers[index];
  }

  /** Where the page is, from the beginning of what was made. */
  int offset(int index) {
    return offsets[index];
  }
}
