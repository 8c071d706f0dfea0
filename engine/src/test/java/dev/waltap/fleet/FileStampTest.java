// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class FileStampTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void isAnotherThoughSizeAndTimeWereSetBack() throws Exception {
    Path database = Files.write(directory.resolve("a.db"), new byte[100]);
    FileTime time = Files.getLastModifiedTime(database);
    FileStamp before = FileStamp.of(database);
    assertThat(FileStamp.of(database)).isEqualTo(before);
    do {
      Files.write(database, new byte[] {1});
      Files.write(database, new byte[100]);
      Files.setLastModifiedTime(database, time);
    } while (FileStamp.of(database).equals(before)); // Within a tick of the file system's clock.
    assertThat(FileStamp.of(database).database().modifiedNanos())
        .isEqualTo(before.database().modifiedNanos());
    assertThat(FileStamp.of(database).text()).isNotEqualTo(before.text());
  }

  @Test
  void isSettledWhenAWriteIsCertainToChangeIt() throws Exception {
    Path database = Files.write(directory.resolve("a.db"), new byte[100]);
    FileStamp stamp = FileStamp.of(database);
    long changed = stamp.database().changedNanos();
    assertThat(stamp.isSettled(changed + TimeUnit.MILLISECONDS.toNanos(1))).isFalse();
    assertThat(stamp.isSettled(changed + TimeUnit.SECONDS.toNanos(1))).isTrue();
    Files.setLastModifiedTime(database, FileTime.fromMillis(0));
    stamp = FileStamp.of(database);
    assertThat(stamp.isSettled(stamp.database().changedNanos()))
        .as("changed right now, whatever its time says")
        .isFalse();
  }

  @Test
  void isSettledLaterWhereTheFileSystemStampsWholeSeconds() {
    long second = TimeUnit.SECONDS.toNanos(1);
    FileStamp.Attributes at = new FileStamp.Attributes(true, "1", 1, 5 * second, 5 * second);
    FileStamp stamp = new FileStamp(at, FileStamp.Attributes.NONE);
    assertThat(stamp.isSettled(6 * second)).isFalse();
    assertThat(stamp.isSettled(7 * second)).isTrue();
  }
}
