// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One that is opened again and again costs no file each time it is parked. */
class ParkedMembersTest {
  @TempDir private Path directory = Path.of("");

  private final ParkedMembers parked = new ParkedMembers(SlotsTest.OPTIONS, CaptureMode.CDC);

  @BeforeEach
  void state() throws IOException {
    Files.write(directory.resolve("witness"), new byte[8]);
  }

  private Member member() {
    Path file = directory.resolve("a.db");
    Member member =
        new Member(FoundDatabase.of(file, DatabaseSource.file(file), null), "a.db", false, 0);
    member.stateDirectory(directory);
    member.selection = "all";
    member.surveyed = true;
    parked.note(member, FileStamp.of(file));
    return member;
  }

  private boolean isWritten() {
    return Files.exists(directory.resolve("parked"));
  }

  @Test
  void isWrittenOnceItHasBeenSoForMinutes() {
    member();
    long now = System.nanoTime();
    parked.writeDue(now);
    assertThat(isWritten()).isFalse();
    parked.writeDue(now + ParkedMembers.NOTE_NANOS);
    assertThat(isWritten()).isTrue();
  }

  @Test
  void isWrittenAtItsEnd() throws IOException {
    Member member = member();
    parked.write(member);
    assertThat(isWritten()).isTrue();
    Files.delete(directory.resolve("parked"));
    parked.write(member);
    assertThat(isWritten()).as("again").isFalse();
  }

  @Test
  void isNotWrittenOnceItIsOpened() {
    Member member = member();
    parked.forget(member);
    parked.writeDue(System.nanoTime() + 2 * ParkedMembers.NOTE_NANOS);
    parked.write(member);
    assertThat(isWritten()).isFalse();
  }

  /** It may be written much later, when somebody else has worked with the state. */
  @Test
  void whatIsWrittenSaysWhatWasSoWhenItWasNoted() throws IOException {
    Member member = member();
    Files.write(directory.resolve("state.db"), new byte[1]);
    Files.write(directory.resolve("witness"), new byte[] {1});
    parked.write(member);
    assertThat(isWritten()).isTrue();
    assertThat(parked.isWritten(member, FileStamp.of(member.real()), "all")).isFalse();
    Files.write(directory.resolve("witness"), new byte[8]);
    assertThat(parked.isWritten(member, FileStamp.of(member.real()), "all")).isTrue();
  }
}
