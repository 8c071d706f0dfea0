// SPDX-License-Identifier: Apache-2.0
package dev.waltap.io;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is in a directory. */
public final class DirectoryEntries {
  private DirectoryEntries() {}

  /**
   * Lists a directory, in no particular order.
   *
   * @throws IOException whatever goes wrong: the JDK's own stream lets an undeclared exception
   *     through when the directory can't be closed
   */
  public static List<Path> of(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(FileNames.text(directory) + ": " + e.getMessage(), e);
    }
    return entries;
  }
}
