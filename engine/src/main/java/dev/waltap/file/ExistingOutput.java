// SPDX-License-Identifier: Apache-2.0
package dev.waltap.file;

import dev.waltap.handler.OutputRefusedException;
import java.io.IOException;
import java.io.RandomAccessFile;

/**
 * Looks at a file before events are appended to it: a database, log or journal of SQLite, a binary
 * file, or text that does not end with a line is refused as it is. Only a line of our own that
 * broke off, as when the machine went down, is cut.
 */
final class ExistingOutput {
  private static final int HEAD_BYTES = 512;
  private static final String OTHERWISE = ": name another file";

  /** How files of SQLite begin; the wal-index begins with its version in the machine's order. */
  private static final byte[][] MAGICS = {
    {'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm', 'a', 't', ' ', '3', 0},
    {0x37, 0x7f, 0x06, (byte) 0x82},
    {0x37, 0x7f, 0x06, (byte) 0x83},
    {(byte) 0xd9, (byte) 0xd5, 0x05, (byte) 0xf9, 0x20, (byte) 0xa1, 0x63, (byte) 0xd7},
    {0x18, (byte) 0xe2, 0x2d, 0x00},
    {0x00, 0x2d, (byte) 0xe2, 0x18},
  };

  private ExistingOutput() {}

  /**
   * Makes a file ready to be appended to.
   *
   * @throws OutputRefusedException if it holds something that isn't ours; it is unchanged then
   */
  static void prepare(RandomAccessFile file, String name, LineFormat format) throws IOException {
    long size = file.length();
    if (size == 0) {
      return;
    }
    byte[] head = read(file, 0, (int) Math.min(HEAD_BYTES, size));
    refuseForeign(head, name);
    long end = endOfLastLine(file, size);
    if (end == size) {
      return;
    }
    if (!isOurs(file, end, size, format)) {
      throw new OutputRefusedException(
          name
              + " does not end with a whole line, and what stands at its end is no event that broke"
              + " off: nothing was changed"
              + OTHERWISE);
    }
    file.setLength(end);
    file.getFD().sync();
  }

  private static void refuseForeign(byte[] head, String name) throws OutputRefusedException {
    for (byte[] magic : MAGICS) {
      if (startsWith(head, magic)) {
        throw new OutputRefusedException(
            name + " is an SQLite database, log or journal, not an output file" + OTHERWISE);
      }
    }
    for (byte b : head) {
      if (b == 0) {
        throw new OutputRefusedException(name + " is a binary file, not lines of text" + OTHERWISE);
      }
    }
  }

  private static boolean startsWith(byte[] head, byte[] magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= head.length || head[i] != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /** A start too short to say is ours if the line before it is. */
  private static boolean isOurs(RandomAccessFile file, long end, long size, LineFormat format)
      throws IOException {
    LineFormat.Match match = match(file, end, size, format);
    if (match != LineFormat.Match.POSSIBLE) {
      return match == LineFormat.Match.CERTAIN;
    }
    return end > 0
        && match(file, endOfLastLine(file, end - 1), end, format) == LineFormat.Match.CERTAIN;
  }

  private static LineFormat.Match match(
      RandomAccessFile file, long start, long end, LineFormat format) throws IOException {
    int length = (int) Math.min(LineFormat.START_BYTES, end - start);
    return format.match(read(file, start, length), length);
  }

  private static byte[] read(RandomAccessFile file, long at, int length) throws IOException {
    byte[] bytes = new byte[length];
    file.seek(at);
    file.readFully(bytes);
    return bytes;
  }

  /** The place behind the last LF before this one. */
  private static long endOfLastLine(RandomAccessFile file, long before) throws IOException {
    byte[] block = new byte[8192];
    long end = before;
    while (end > 0) {
      int length = (int) Math.min(block.length, end);
      file.seek(end - length);
      file.readFully(block, 0, length);
      for (int i = length - 1; i >= 0; i--) {
        if (block[i] == '\n') {
          return end - length + i + 1;
        }
      }
      end -= length;
    }
    return 0;
  }
}
