// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a file looks like from outside: whoever writes to it later leaves another mark, as soon as
 * the file system's clock has ticked.
 *
 * @param key device and inode
 * @param modifiedNanos since 1970
 * @param changedNanos when the system last changed anything about it, which no program can set
 */
record FileMark(Object key, long size, long modifiedNanos, long changedNanos) {

  /** As it is now; null if it is not there, or if the file system does not say all of it. */
  static @Nullable FileMark of(Path file) {
    try {
      Map<String, Object> is =
          Files.readAttributes(file, "unix:fileKey,size,lastModifiedTime,ctime");
      Object key = is.get("fileKey");
      return key != null
              && is.get("size") instanceof Long size
              && is.get("lastModifiedTime") instanceof FileTime modified
              && is.get("ctime") instanceof FileTime changed
          ? new FileMark(key, size, nanos(modified), nanos(changed))
          : null;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return null;
    }
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }
}
