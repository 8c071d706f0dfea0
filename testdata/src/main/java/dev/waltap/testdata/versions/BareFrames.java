// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.versions;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Counts committed frames whose salts and checksums are zero, each once. The WAL file itself may be
 * opened and closed at will; SQLite locks nothing there.
 */
final class BareFrames {
  private static final int WAL_HEADER = 32;
  private static final int FRAME_HEADER = 24;

  private final Path wal;
  private final Connection connection;
  private long salts;
  private long seen;
  private long count;

  /**
   * A counter for a database.
   *
   * @param connection of an SQLite that knows how to ask for the length of the WAL
   */
  BareFrames(Path database, Connection connection) {
    this.wal = Path.of(database + "-wal");
    this.connection = connection;
  }

  long count() {
    return count;
  }

  /** Counts those that came; nothing may be written meanwhile. */
  void look() throws SQLException, IOException {
    long frames;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(NOOP)")) {
      frames = row.getLong(2);
    }
    if (frames <= 0 || !Files.exists(wal)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(wal)) {
      ByteBuffer header = ByteBuffer.allocate(WAL_HEADER);
      channel.read(header, 0);
      int pageSize = header.getInt(8);
      seen = header.getLong(16) == salts ? Math.min(seen, frames) : 0;
      salts = header.getLong(16);
      ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER);
      for (; seen < frames; seen++) {
        channel.read(frame.clear(), WAL_HEADER + seen * (pageSize + FRAME_HEADER));
        if (frame.getInt(0) != 0 && frame.getLong(8) == 0 && frame.getLong(16) == 0) {
          count++;
        }
      }
    }
  }
}
