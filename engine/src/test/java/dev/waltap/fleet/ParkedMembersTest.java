// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
    return member(directory, parked);
  }

  private static Member member(Path state, ParkedMembers parked) {
    Path file = state.resolve("a.db");
    Member member =
        new Member(FoundDatabase.of(file, DatabaseSource.file(file), null), "a.db", false, 0);
    member.stateDirectory(state);
    member.selection = "all";
    member.surveyed = true;
    parked.note(member, FileStamp.of(file));
    return member;
  }

  private boolean isWritten() {
    return isWritten(directory);
  }

  private static boolean isWritten(Path state) {
    return Files.exists(state.resolve("parked"));
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
    parked.ended(member);
    parked.writeDue(System.nanoTime());
    assertThat(isWritten()).isTrue();
    Files.delete(directory.resolve("parked"));
    parked.ended(member);
    parked.writeDue(System.nanoTime());
    assertThat(isWritten()).as("again").isFalse();
  }

  /** Thousands of files on a slow disk hold up neither captures that are closed nor the end. */
  @Test
  void whatIsWrittenAtTheEndOfAllIsBoundInTime() throws IOException {
    AtomicLong nanos = new AtomicLong(System.nanoTime());
    AtomicLong each = new AtomicLong(TimeUnit.MILLISECONDS.toNanos(6));
    ParkedMembers slow =
        new ParkedMembers(SlotsTest.OPTIONS, CaptureMode.CDC, () -> nanos.addAndGet(each.get()));
    slow.beginEnd();
    List<Path> states = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Path state = Files.createDirectory(directory.resolve("state" + i));
      Files.write(state.resolve("witness"), new byte[8]);
      slow.ended(member(state, slow));
      states.add(state);
    }
    slow.writeLast();
    assertThat(states).filteredOn(ParkedMembersTest::isWritten).as("a turn").hasSize(2);
    slow.writeLast();
    assertThat(states).filteredOn(ParkedMembersTest::isWritten).as("another turn").hasSize(4);
    assertThat(slow.isWriting()).isTrue();
    each.set(ParkedMembers.LAST_NANOS);
    slow.writeLast();
    assertThat(slow.isWriting()).as("no time left").isFalse();
    assertThat(states).filteredOn(ParkedMembersTest::isWritten).hasSize(4);
  }

  @Test
  void isNotWrittenOnceItIsOpened() {
    Member member = member();
    parked.forget(member);
    parked.ended(member);
    parked.writeDue(System.nanoTime() + 2 * ParkedMembers.NOTE_NANOS);
    assertThat(isWritten()).isFalse();
  }

  /** It may be written much later, when somebody else has worked with the state. */
  @Test
  void whatIsWrittenSaysWhatWasSoWhenItWasNoted() throws IOException {
    Member member = member();
    Files.write(directory.resolve("state.db"), new byte[1]);
    Files.write(directory.resolve("witness"), new byte[] {1});
    parked.ended(member);
    parked.writeDue(System.nanoTime());
    assertThat(isWritten()).isTrue();
    assertThat(parked.isWritten(member, FileStamp.of(member.real()), "all")).isFalse();
    Files.write(directory.resolve("witness"), new byte[8]);
    assertThat(parked.isWritten(member, FileStamp.of(member.real()), "all")).isTrue();
  }
}
