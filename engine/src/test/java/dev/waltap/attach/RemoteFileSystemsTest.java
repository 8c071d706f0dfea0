// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteFileSystemsTest {
  private static final Path DATABASE = Path.of("/data/app.db");

  @ParameterizedTest
  @ValueSource(strings = {"fuse.sshfs", "fuse.s3fs", "fuse.rclone", "FUSE.GCSFUSE", "davfs"})
  void refusesThoseOnWhichProcessesShareNoMemory(String type) {
    assertThatThrownBy(() -> Surroundings.requireFit(DATABASE, type))
        .isInstanceOf(CaptureException.class)
        .hasMessageContainingAll(
            "/data/app.db: is on a file system of type " + type,
            "share neither locks nor memory",
            "move the database to a local disk, or capture it on the computer that has it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "vboxsf", "ceph"})
  void warnsOfThoseThatOtherComputersMayShare(String type) {
    assertThatCode(() -> Surroundings.requireFit(DATABASE, type)).doesNotThrowAnyException();
    assertThat(RemoteFileSystems.isShared(type)).isTrue();
    assertThat(Surroundings.remote(DATABASE, type))
        .contains("type " + type, "other computers may share", "on the same one, and no other");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "f2fs", ""})
  void saysNothingOfLocalOnes(String type) {
    assertThatCode(() -> Surroundings.requireFit(DATABASE, type)).doesNotThrowAnyException();
    assertThat(RemoteFileSystems.isShared(type)).isFalse();
  }

  @Test
  void refusesWindowsInWords() {
    String before = System.getProperty("os.name");
    System.setProperty("os.name", "Windows 11");
    try {
      assertThatThrownBy(() -> DatabaseChecks.requirePresent(DATABASE))
          .hasMessageContainingAll("Windows is not supported yet", "mapped", "use Linux");
    } finally {
      System.setProperty("os.name", before);
    }
  }
}
