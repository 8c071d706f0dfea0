// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Files that this process has open and that have no name left, so that nobody can open them again.
 * By what Linux says under {@code /proc}; elsewhere there are none. Stateless.
 */
final class UnlinkedFiles {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private UnlinkedFiles() {}

  /**
   * The identities of those of which this process has one descriptor and no more: then no
   * connection to them has one.
   */
  static Set<Object> openOnce() throws IOException {
    Set<Object> unlinked = descriptors().keySet();
    if (unlinked.isEmpty()) {
      return Set.of();
    }
    // Counted only now: while a file had a name, another descriptor may have come unseen.
    Map<Object, Integer> counted = descriptors();
    Set<Object> once = new HashSet<>();
    for (Object key : unlinked) {
      if (counted.getOrDefault(key, 0) == 1) {
        once.add(key);
      }
    }
    return once;
  }

  /** How many descriptors there are of each file without a name. */
  private static Map<Object, Integer> descriptors() throws IOException {
    Map<Object, Integer> found = new HashMap<>();
    if (!Files.isDirectory(DESCRIPTORS)) {
      return found;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : all) {
        try {
          Map<String, Object> is =
              Files.readAttributes(descriptor, "unix:nlink,fileKey,isRegularFile");
          Object key = is.get("fileKey");
          boolean unlinked = Integer.valueOf(0).equals(is.get("nlink"));
          if (unlinked && key != null && Boolean.TRUE.equals(is.get("isRegularFile"))) {
            found.merge(key, 1, Integer::sum);
          }
        } catch (NoSuchFileException e) {
          // Closed meanwhile.
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }
}
