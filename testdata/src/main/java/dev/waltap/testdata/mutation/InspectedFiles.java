// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import dev.waltap.format.WalIndexHeader;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A database, its WAL and perhaps a wal-index, whose bytes are replaced. No SQLite opens them. */
final class InspectedFiles implements AutoCloseable {
  private final Path path;
  private final FileBytes database;
  private final FileBytes wal;
  private final @Nullable FileBytes shm;

  InspectedFiles(Path path, boolean withIndex) throws IOException {
    this.path = path;
    this.database = new FileBytes(path);
    this.wal = new FileBytes(Path.of(path + "-wal"));
    this.shm = withIndex ? new FileBytes(Path.of(path + "-shm")) : null;
    if (shm != null) {
      shm.put(0, new byte[32 << 10]);
    }
  }

  Path path() {
    return path;
  }

  /** Replaces all bytes; the index is a copy of the header, and what follows both. */
  void write(byte[] databaseBytes, byte[] walBytes, byte[] index, byte[] info) throws IOException {
    database.set(databaseBytes, databaseBytes.length);
    wal.set(walBytes, walBytes.length);
    if (shm != null) {
      shm.put(0, index);
      shm.put(WalIndexHeader.SIZE, index);
      shm.put(2 * WalIndexHeader.SIZE, info);
    }
  }

  @Override
  public void close() throws IOException {
    database.close();
    wal.close();
    if (shm != null) {
      shm.close();
    }
  }
}
