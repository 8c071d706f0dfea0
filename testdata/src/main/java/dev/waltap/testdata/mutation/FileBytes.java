// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.mutation;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** A file that stays open, and the same one, while its bytes are replaced. For one thread. */
final class FileBytes implements AutoCloseable {
  private final RandomAccessFile file;

  FileBytes(Path path) throws IOException {
    this.file = new RandomAccessFile(path.toFile(), "rw");
  }

  /** Overwrites bytes. */
  void put(int offset, byte[] bytes) throws IOException {
    file.seek(offset);
    file.write(bytes);
  }

  /** Replaces all bytes by the first ones of an array. */
  void set(byte[] bytes, int size) throws IOException {
    file.seek(0);
    file.write(bytes, 0, size);
    file.setLength(size);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
