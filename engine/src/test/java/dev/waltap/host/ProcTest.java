// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.host.FileLocks.Lock;
import dev.waltap.host.Processes.Credentials;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcTest {

  @Test
  void findsTheInnermostMountAndUnescapesIt() {
    Mounts mounts =
        Mounts.parse(
            List.of(
                "25 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard",
                "30 25 0:40 / /tmp rw,noexec shared:7 master:1 - tmpfs tmpfs rw,size=4k",
                "31 30 0:41 / /tmp/a\\040b\\134c ro - nfs4 host:/export rw,vers=4.2",
                "32 25 0:42 / /tmp ro - tmpfs again rw",
                "33 25 254:0 /srv/app.db /data/app.db rw - ext4 /dev/vda rw",
                "not a mount"));
    assertThat(mounts.of(Path.of("/tmp/a b\\c/x"))).get().extracting("type").isEqualTo("nfs4");
    assertThat(mounts.of(Path.of("/tmp/a"))).get().extracting("source").isEqualTo("again");
    assertThat(mounts.of(Path.of("/tmpx"))).get().extracting("point").isEqualTo("/");
    assertThat(mounts.of(Path.of("/data/app.db")))
        .get()
        .extracting("root")
        .isEqualTo("/srv/app.db");
    assertThat(mounts.of(Path.of("/data/app.db-wal"))).get().extracting("point").isEqualTo("/");
    assertThat(mounts.of(Path.of("/tmp/a b\\c/x"))).get().extracting("device").isEqualTo(41L);
    assertThat(mounts.of(Path.of("/x"))).get().extracting("device").isEqualTo(254L << 8);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void sharesALookAtTheMountsThatLeadsToTheFile() throws Exception {
    Path file = Path.of("/proc/self/status").toRealPath();
    Mounts.read();
    long later = System.nanoTime();
    long before = later - TimeUnit.SECONDS.toNanos(10);
    Mounts.readSince(before, file);
    assertThat(Mounts.lastRead() - later).as("leads to its file system").isNegative();
    Mounts.readSince(before, Path.of("/no such file"));
    assertThat(Mounts.lastRead() - later).as("leads nowhere").isNotNegative();
    later = System.nanoTime();
    Mounts.readSince(later, file);
    assertThat(Mounts.lastRead() - later).as("not new enough").isNotNegative();
  }

  @Test
  void readsLocks() {
    FileLocks locks =
        FileLocks.parse(
            List.of(
                "1: FLOCK  ADVISORY  WRITE 15337 fe:00:2154500 0 EOF",
                "2: POSIX  ADVISORY  READ 15337 fe:00:2163960 128 128",
                "3: POSIX  ADVISORY  WRITE 99 fe:00:2163716 1073741826 1073742335",
                "3: -> POSIX  ADVISORY  WRITE 98 fe:00:2163716 1073741826 1073742335",
                "4: POSIX  ADVISORY  READ 7 00:2a:2163716 0 EOF",
                "5: POSIX  what"));
    assertThat(locks.on(2163716, (1L << 30) + 2))
        .containsExactly(
            new Lock(99, "fe:00:2163716", true, (1L << 30) + 2, (1L << 30) + 511),
            new Lock(7, "00:2a:2163716", false, 0, Long.MAX_VALUE));
    assertThat(locks.on(2163960, 129)).isEmpty();
  }

  @Test
  void readsTheLocksOfSomeFilesAlone() {
    String text =
        """
        1: POSIX  ADVISORY  READ 7 fe:00:120 0 EOF
        2: POSIX  ADVISORY  READ 8 fe:00:12 1 2
        3: POSIX  ADVISORY  WRITE 9 fe:00:13 3 4
        4: POSIX  ADVISORY  READ 12 fe:00:14 5 6

        no line
        4: -> POSIX  ADVISORY  WRITE 10 fe:00:12 3 4
        5: POSIX  ADVISORY  READ 8 00:2a:12 7 8""";
    LockLines lines = new LockLines(text.getBytes(StandardCharsets.US_ASCII));
    assertThat(lines.on(12, 13))
        .map(line -> line.substring(0, 4))
        .containsExactly("2: P", "4: -", "5: P", "3: P");
    assertThat(lines.on(12).get(2)).isEqualTo("5: POSIX  ADVISORY  READ 8 00:2a:12 7 8");
    assertThat(lines.on(1, 4)).isEmpty();
    assertThat(new LockLines(new byte[0]).on(12)).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void sharesALookAtTheLocksThatIsNewEnough() {
    FileLocks.readSince(System.nanoTime(), 1);
    long later = System.nanoTime();
    assertThat(FileLocks.lastRead() - later).isNegative();
    FileLocks.readSince(later - TimeUnit.SECONDS.toNanos(10), 1);
    assertThat(FileLocks.lastRead() - later).as("shared").isNegative();
    FileLocks.readSince(later, 1);
    assertThat(FileLocks.lastRead() - later).as("not new enough").isNotNegative();
  }

  @Test
  void readsOfMappingsThoseOfCodeAlone() {
    assertThat(
            MappedFiles.parse(
                """
                7f12a000-7f12b000 r-xp 00001000 fe:00 1234   /tmp/lib x.so (deleted)
                7f12b000-7f12c000 r--p 00001000 fe:00 1235   /tmp/xxxx
                7f12c000-7f12d000 rwxp 00000000 00:00 0
                short

                7f12d000-7f12e000 r-x"""))
        .containsExactly(Map.entry("fe:00:1234", "/tmp/lib x.so (deleted)"));
  }

  @Test
  void readsCredentials() {
    Credentials user =
        Credentials.parse(
            List.of(
                "Name:\tjava",
                "Uid:\t1000\t1001\t1000\t1000",
                "Gid:\t100\t200\t100\t100",
                "Groups:\t100 300 ",
                "CapEff:\t0000000000000001"));
    assertThat(user).isNotNull();
    assertThat(user.user()).isEqualTo(1001);
    assertThat(user.group()).isEqualTo(200);
    assertThat(user.groups()).containsExactlyInAnyOrder(100L, 200L, 300L);
    assertThat(user.canChown()).isTrue();
    assertThat(Credentials.parse(List.of())).isNull();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void readsWhatThisSystemSays() throws Exception {
    Path here = Path.of("").toRealPath();
    assertThat(Mounts.read().of(here)).isPresent();
    assertThat(Credentials.ofSelf()).isNotNull();
    assertThat(Credentials.ofSelf().user())
        .isEqualTo(((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue());
    assertThat(MappedFiles.executables().values()).anyMatch(path -> path.endsWith("libjvm.so"));
    assertThat(Processes.describe(Processes.self())).contains("(java)");
  }
}
