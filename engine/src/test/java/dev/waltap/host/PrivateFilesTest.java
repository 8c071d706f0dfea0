// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {
  @TempDir Path temp;

  @Test
  void areMadeAsTheFileSystemMakesThemWhereItHasNoPermissions() throws IOException {
    // A file system without owners and permissions that every JDK has.
    try (FileSystem zip =
        FileSystems.newFileSystem(temp.resolve("files.zip"), Map.of("create", "true"))) {
      assertThat(zip.supportedFileAttributeViews()).doesNotContain("posix");
      Path directory = zip.getPath("/state");
      PrivateFiles.createDirectory(directory);
      PrivateFiles.restrictDirectory(directory);
      Path file = directory.resolve("lock");
      PrivateFiles.create(file);
      PrivateFiles.create(file);
      assertThat(file).isRegularFile();
      assertThatThrownBy(() -> PrivateFiles.createDirectory(directory))
          .isInstanceOf(FileAlreadyExistsException.class);
    }
  }

  @Test
  void areForTheirOwnerOnlyWhereItHas() throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        temp.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Path directory = temp.resolve("state");
    Files.createDirectory(directory);
    PrivateFiles.restrictDirectory(directory);
    Path file = directory.resolve("lock");
    Files.createFile(file);
    PrivateFiles.create(file);
    assertThat(Files.getAttribute(directory, "posix:permissions").toString())
        .doesNotContain("GROUP")
        .doesNotContain("OTHERS");
    assertThat(Files.getAttribute(file, "posix:permissions").toString())
        .doesNotContain("GROUP")
        .doesNotContain("OTHERS");
  }
}
