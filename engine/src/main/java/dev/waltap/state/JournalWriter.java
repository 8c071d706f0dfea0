// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Writes transactions to the table {@code journal}: packed one after the other into segments, so
 * that images of one page that follow each other compress against each other, and a commit of many
 * small transactions is one row.
 *
 * <p>A group is what one commit writes: segments with consecutive ids, of which the last alone has
 * {@code entries}, {@code epoch} and {@code frame} (the number of its transactions and the end of
 * the last one); in the others they are 0. The hash is that of the packed data, mixed with the
 * other columns.
 *
 * <pre>
 * RECORD   SIZE  MEANING
 *  begin      1  1
 *             1  1; of no meaning
 *             8  epoch
 *             8  salts
 *             4  frame
 *             8  checksum
 *             4  change counter
 *             8  timestamp
 *             4  database size
 *  page       1  2
 *             4  page number
 *             n  image
 *  end        1  4
 * </pre>
 *
 * <p>For one thread; the statement is closed with the file.
 */
final class JournalWriter implements JournalEntry.PageSink {
  static final int BEGIN = 1;
  static final int PAGE = 2;
  static final int END = 4;
  static final int SEGMENT = 256 << 10;

  /** Room to begin with: many captures never write more at once, and most of a fleet's nothing. */
  private static final int FIRST_ROOM = 16 << 10;

  private static final int BEGIN_SIZE = 2 + JournalEntry.SIZE;
  private static final byte UNUSED = 1;

  private final int pageSize;
  private final Lz4Codec codec = new Lz4Codec();
  private ByteBuffer segment = ByteBuffer.allocate(FIRST_ROOM);
  private final PreparedStatement insert;
  private long id;
  private long added;
  private long packedBytes;

  /**
   * A writer at the end of the journal.
   *
   * @param last the id of the last segment written
   */
  JournalWriter(StateFile file, int pageSize, long last) throws SQLException {
    this.pageSize = pageSize;
    this.id = last;
    this.insert = file.prepare("INSERT INTO journal VALUES(?,?,?,?,?,?,?)");
  }

  /** Writes a transaction with its pages. */
  void add(JournalEntry entry, JournalEntry.Pages pages) throws SQLException {
    try {
      room(BEGIN_SIZE);
      segment.put((byte) BEGIN).put(UNUSED);
      entry.store(segment);
      pages.forEach(this);
      room(1);
      segment.put((byte) END);
      added++;
    } catch (SegmentException e) {
      throw e.cause;
    }
  }

  @Override
  public void put(int pageNumber, byte[] image) {
    checkNumber(pageNumber);
    if (image.length != pageSize) {
      throw new IllegalArgumentException("a page of " + image.length + " bytes");
    }
    room(5 + pageSize);
    segment.put((byte) PAGE).putInt(pageNumber).put(image);
  }

  private static void checkNumber(int pageNumber) {
    if (pageNumber <= 0) {
      throw new IllegalArgumentException("page number " + pageNumber);
    }
  }

  /** How many transactions were added since the last group ended. */
  long added() {
    return added;
  }

  /** Ends the group: the transactions added since the last one ended. */
  void endGroup(StateHeader head, JournalGroups groups) throws SQLException {
    write(added, head.last.epoch(), head.last.wal().frame());
    head.journalled = id;
    groups.add(id, head.last, added, packedBytes);
    packedBytes = 0;
    added = 0;
  }

  private void room(int bytes) {
    if (segment.remaining() >= bytes) {
      return;
    }
    int wanted = segment.position() + bytes;
    if (wanted <= SEGMENT) {
      int larger = Math.min(SEGMENT, Math.max(wanted, 2 * segment.capacity()));
      segment = ByteBuffer.allocate(larger).put(segment.flip());
    } else {
      try {
        write(0, 0, 0);
      } catch (SQLException e) {
        throw new SegmentException(e);
      }
    }
  }

  private void write(long entries, long epoch, long frame) throws SQLException {
    int size = segment.position();
    byte[] packed = codec.pack(segment.array(), size);
    id++;
    insert.setLong(1, id);
    insert.setLong(2, entries);
    insert.setLong(3, epoch);
    insert.setLong(4, frame);
    insert.setInt(5, size);
    insert.setLong(6, hash(packed, id, entries, epoch, frame, size));
    insert.setBytes(7, packed);
    insert.execute();
    packedBytes += packed.length;
    segment.clear();
  }

  static long hash(byte[] packed, long id, long entries, long epoch, long frame, int size) {
    long columns = Lz4Codec.spread(Lz4Codec.spread(Lz4Codec.spread(id) + entries) + epoch);
    return Lz4Codec.hash(packed, Lz4Codec.spread(Lz4Codec.spread(columns + frame) + size));
  }

  /** Carries an SQL exception through the caller's code. */
  private static final class SegmentException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final SQLException cause;

    SegmentException(SQLException cause) {
      super(cause);
      this.cause = cause;
    }
  }
}
