// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The lines of {@code /proc/locks} by the file that they are on: a process that captures hundreds
 * of databases has thousands of lines, and looks for a few of them for each. So all are gone
 * through once, and none is parsed before it is asked for. Immutable.
 */
final class LockLines {

  /** Before the file: {@code 1: POSIX ADVISORY READ 1234}; {@code ->} is one more. */
  private static final int FIELDS_BEFORE_FILE = 5;

  private static final int NONE = -1;

  private final byte[] text;

  // By line.
  private final int[] starts;
  private final long[] inodes;

  /** The next line with the same hash. */
  private final int[] next;

  /** By hash of the inode, the first line. */
  private final int[] first;

  /** Of the file's whole content, which is this object's from here on. */
  LockLines(byte[] text) {
    this.text = text;
    int lines = 0;
    for (int start = 0; start < text.length; start = end(start) + 1) {
      lines++;
    }
    starts = new int[lines];
    inodes = new long[lines];
    next = new int[lines];
    first = new int[Integer.highestOneBit(lines + 1) * 2];
    Arrays.fill(first, NONE);
    int line = 0;
    for (int start = 0; start < text.length; start = end(start) + 1) {
      starts[line++] = start;
    }
    // Backwards, so that those on one file follow each other as they do in the text.
    for (line = lines - 1; line >= 0; line--) {
      inodes[line] = inode(starts[line], end(starts[line]));
      int hash = hash(inodes[line]);
      next[line] = first[hash];
      first[hash] = line;
    }
  }

  private int hash(long inode) {
    return (int) inode & (first.length - 1);
  }

  private int end(int start) {
    int at = start;
    while (at < text.length && text[at] != '\n') {
      at++;
    }
    return at;
  }

  /** The digits between the last colon of the file's field and its end; none is -1. */
  private long inode(int start, int end) {
    int at = start;
    int fields = 0;
    while (fields < FIELDS_BEFORE_FILE && at < end) {
      at = skip(at, end, false);
      boolean waits = at + 1 < end && text[at] == '-' && text[at + 1] == '>';
      fields += waits ? 0 : 1;
      at = skip(at, end, true);
    }
    at = skip(at, end, false);
    long inode = NONE;
    for (; at < end && text[at] != ' '; at++) {
      if (text[at] == ':') {
        inode = 0;
      } else if (inode >= 0) {
        inode = inode * 10 + text[at] - '0';
      }
    }
    return inode;
  }

  /** Where the next field begins, or this one ends. */
  private int skip(int from, int end, boolean inField) {
    int at = from;
    while (at < end && (text[at] != ' ') == inField) {
      at++;
    }
    return at;
  }

  /** Those on files with these inodes, on whatever file system. */
  List<String> on(long... wanted) {
    List<String> lines = new ArrayList<>();
    for (long inode : wanted) {
      for (int line = first[hash(inode)]; line != NONE; line = next[line]) {
        if (inodes[line] == inode) {
          int start = starts[line];
          lines.add(new String(text, start, end(start) - start, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return lines;
  }
}
