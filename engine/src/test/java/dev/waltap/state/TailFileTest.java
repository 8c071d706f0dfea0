// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import dev.waltap.api.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of transactions that were added to a closed state, after crashes and damage. */
class TailFileTest {
  private static final long CLOSED = 45;

  /** Those up to here write a page each. */
  private static final long LAST = 48;

  @TempDir Path temp;
  private StateDirectory directory = StateDirectory.at(Path.of("none"));
  private StateDirectory copy = directory;

  /** What the file held before anything was added, and after each record. */
  private final List<byte[]> tails = new ArrayList<>(List.of(new byte[0]));

  /** Likewise the count. */
  private final List<byte[]> counts = new ArrayList<>();

  private long nonce;
  private StateHeader head = new StateHeader(StateModel.position(0), null);

  @BeforeEach
  void setUp() throws IOException, SQLException {
    directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    copy = StateDirectory.at(temp.resolve("copy"));
    ClosedState closed = ClosedStates.close(directory, CLOSED);
    try (StateFile file = StateFile.openUnused(directory.stateFile())) {
      nonce = StateOrigin.read(file).nonce();
      head = StateHeader.read(file);
    }
    copy.create();
    counts.add(Files.readAllBytes(directory.commitCountFile()));
    for (long i = CLOSED + 1; i <= LAST; i++) {
      try (StateAppender appender = Objects.requireNonNull(closed.append("turn"))) {
        StateModel.Step step = StateModel.step(i);
        appender.add(step.entry(), step.images());
        appender.sync();
        note();
        appender.acknowledge(step.entry().position().position());
        note();
      }
    }
  }

  private void note() throws IOException {
    tails.add(Files.readAllBytes(directory.tailFile()));
    counts.add(Files.readAllBytes(directory.commitCountFile()));
  }

  private byte[] tail() {
    return tails.get(tails.size() - 1);
  }

  private byte[] count() {
    return counts.get(counts.size() - 1);
  }

  /** What a state is found to hold whose files beside {@code state.db} are these. */
  private String opened(byte[] tail, byte[] count) throws IOException {
    copyState();
    Files.write(copy.tailFile(), tail);
    Files.write(copy.commitCountFile(), count);
    StateStatus status = StateStatus.of(copy);
    String opened = ClosedStates.opened(copy);
    assertThat(opened)
        .startsWith(StateModel.number(status.end()) + " ")
        .endsWith(ClosedStates.number(status.acknowledged()));
    assertThat(copy.tailFile()).isEmptyFile();
    assertThat(ClosedStates.opened(copy)).as("again").isEqualTo(opened);
    return opened;
  }

  private void copyState() throws IOException {
    copy.create();
    try (Stream<Path> old = Files.list(copy.path())) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
    Files.copy(directory.stateFile(), copy.stateFile());
  }

  /** What there is after so many records. */
  private static String after(int records) {
    return (CLOSED + (records + 1) / 2) + " acknowledged " + (CLOSED + records / 2);
  }

  /** What is read of a file, without a look at the count. */
  private String read(byte[] tail) throws IOException {
    Files.write(copy.tailFile(), tail);
    TailContent content = TailContent.read(copy);
    boolean follows = content.follows(nonce, head);
    Position acknowledged = content.acknowledged();
    return (CLOSED + (follows ? content.transactions().size() : 0))
        + " acknowledged "
        + (acknowledged == null ? CLOSED : ClosedStates.number(acknowledged));
  }

  /** What was being written as everything stopped was not handed out, and is left out. */
  @Test
  void whatWasWrittenInPartIsLeftOutWhereverItEnds() throws IOException {
    for (int i = 1; i < tails.size(); i++) {
      int begin = tails.get(i - 1).length;
      int end = tails.get(i).length;
      for (int size = begin; size < end; size++) {
        assertThat(read(Arrays.copyOf(tail(), size))).as("%d bytes", size).isEqualTo(after(i - 1));
      }
      for (int size : new int[] {begin, begin + 1, begin + 40, end - 1}) {
        assertThat(opened(Arrays.copyOf(tail(), size), counts.get(i - 1))).isEqualTo(after(i - 1));
      }
    }
    assertThat(opened(tail(), count())).isEqualTo(after(tails.size() - 1));
  }

  /** A file may have grown before its content was on disk. */
  @Test
  void whatWasNotWrittenThoughTheFileHasRoomForItIsLeftOut() throws IOException {
    for (int i = 1; i < tails.size(); i++) {
      int before = tails.get(i - 1).length;
      byte[] holes = Arrays.copyOf(tails.get(i), tails.get(i).length + 100);
      Arrays.fill(holes, before, before + (tails.get(i).length - before) / 2, (byte) 0);
      assertThat(opened(holes, counts.get(i - 1))).isEqualTo(after(i - 1));
    }
  }

  /** An acknowledgement may be lost, with the power, though what was written later is not. */
  @Test
  void whatFollowsAnAcknowledgementThatWasLostIsLeftOutWithIt() throws IOException {
    byte[] lost = tails.get(3).clone();
    Arrays.fill(lost, tails.get(1).length, tails.get(2).length, (byte) 0);
    assertThat(opened(lost, counts.get(2))).isEqualTo(after(1));
  }

  @Test
  void whatWasAddedAndIsMissingIsNoticed() throws IOException {
    for (int i = 1; i < tails.size(); i++) {
      byte[] count = counts.get(i);
      byte[] before = tails.get((i - 1) / 2 * 2);
      assertRefused(before, count, "was lost");
      assertRefused(Arrays.copyOf(tails.get(i), before.length + 50), count, "was lost");
    }
    copyState();
    Files.write(copy.commitCountFile(), count());
    assertThatThrownBy(() -> ClosedStates.opened(copy)).hasMessageContaining("was lost");
  }

  private void assertRefused(byte[] tail, byte[] count, String why) throws IOException {
    copyState();
    Files.write(copy.tailFile(), tail);
    Files.write(copy.commitCountFile(), count);
    assertThatThrownBy(() -> ClosedStates.opened(copy))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining(why)
        .extracting(e -> ((CaptureException) e).reason())
        .isEqualTo(CaptureException.Reason.REFUSED);
    assertThat(Files.readAllBytes(copy.tailFile())).isEqualTo(tail);
  }

  /** A bit anywhere: what follows says that it was on disk; but for what was written last. */
  @Test
  void damageIsNoticedWhereSomethingFollows() throws IOException {
    int last = tails.get(tails.size() - 2).length;
    for (int at = 0; at < tail().length; at++) {
      byte[] damaged = tail().clone();
      damaged[at] ^= (byte) (1 << at % 8);
      if (at < last) {
        assertThatThrownBy(() -> read(damaged))
            .as("byte %d", at)
            .isInstanceOf(CaptureException.class)
            .hasMessageContaining("tail is damaged");
      } else {
        assertThat(read(damaged)).as("byte %d", at).isEqualTo(after(tails.size() - 2));
      }
    }
    byte[] damaged = tail().clone();
    damaged[last - 1]++;
    assertRefused(damaged, counts.get(0), "cannot be read");
  }

  /** Of the last transaction, the count says so. */
  @Test
  void damageOfTheLastTransactionIsNoticed() throws IOException {
    byte[] last = tails.get(tails.size() - 2);
    int begin = tails.get(tails.size() - 3).length;
    for (int at = begin; at < last.length; at += 1 + (last.length - begin) / 40) {
      byte[] damaged = last.clone();
      damaged[at] ^= (byte) (1 << at % 8);
      assertRefused(damaged, count(), "was lost");
    }
  }

  @Test
  void aStateFileOfAnotherTimeIsNoticed() throws IOException {
    Path earlier = temp.resolve("earlier.db");
    Files.copy(directory.stateFile(), earlier);
    ClosedState closed = ClosedStates.close(directory, LAST + 1);
    ClosedStates.append(closed, LAST + 2, LAST + 3);
    byte[] later = Files.readAllBytes(directory.tailFile());
    copyState();
    Files.delete(copy.stateFile());
    Files.copy(earlier, copy.stateFile());
    Files.write(copy.tailFile(), later);
    Files.write(copy.commitCountFile(), counts.get(0));
    assertThatThrownBy(() -> ClosedStates.opened(copy)).hasMessageContaining("it follows commit");
    assertThatThrownBy(() -> StateStatus.of(copy)).hasMessageContaining("it follows commit");
  }

  @Test
  void whatAnotherStateHasIsVoid() throws IOException {
    StateDirectory other = StateDirectory.at(temp.resolve("other"));
    other.create();
    ClosedStates.close(other, CLOSED);
    copyState();
    Files.delete(copy.stateFile());
    Files.copy(other.stateFile(), copy.stateFile());
    Files.copy(other.commitCountFile(), copy.commitCountFile());
    Files.write(copy.tailFile(), tail());
    assertThat(StateStatus.of(copy).end()).isEqualTo(StateModel.position(CLOSED));
    assertThat(ClosedStates.opened(copy)).isEqualTo(after(0));
  }

  /** Whenever everything stops while the state takes in what was added, it is there, and once. */
  @Test
  void aCrashWhileItIsTakenInMakesNoDifference() throws IOException {
    byte[] before = Files.readAllBytes(directory.stateFile());
    String all = after(tails.size() - 1);
    try (StateLock lock = directory.hold("test");
        StateStore store = StateStore.open(lock)) {
      byte[] log = Files.readAllBytes(directory.path().resolve("state.db-wal"));
      for (byte[] count : List.of(count(), Files.readAllBytes(directory.commitCountFile()))) {
        for (byte[] tail : List.of(tail(), new byte[0])) {
          copyState();
          Files.write(copy.path().resolve("state.db-wal"), log);
          Files.write(copy.tailFile(), tail);
          Files.write(copy.commitCountFile(), count);
          assertThat(StateModel.number(StateStatus.of(copy).end())).isEqualTo(LAST);
          assertThat(ClosedStates.opened(copy)).isEqualTo(all);
          assertThat(copy.tailFile()).isEmptyFile();
        }
      }
      // A commit that is not whole in the log is none.
      for (int size = 0; size < log.length; size += 1 + log.length / 20) {
        copyState();
        Files.write(copy.path().resolve("state.db-wal"), Arrays.copyOf(log, size));
        Files.write(copy.tailFile(), tail());
        Files.write(copy.commitCountFile(), count());
        assertThat(ClosedStates.opened(copy)).isEqualTo(all);
      }
      assertThat(Files.readAllBytes(directory.stateFile())).isEqualTo(before);
      assertThat(StateModel.number(store.end())).isEqualTo(LAST);
    }
    assertThat(ClosedStates.opened(directory)).isEqualTo(all);
  }

  /** What is added later goes into the same file, where an earlier one's end may come to light. */
  @Test
  void whatAnEarlierFileHeldIsNothingUnderALaterHeader() throws IOException {
    ClosedState closed = ClosedStates.close(directory, LAST);
    byte[] none = Files.readAllBytes(directory.commitCountFile());
    ClosedStates.append(closed, LAST + 1, LAST + 1);
    byte[] later = Files.readAllBytes(directory.tailFile());
    byte[] mixed = tail().clone();
    System.arraycopy(later, 0, mixed, 0, TailFile.HEADER_SIZE);
    assertThat(opened(mixed, none)).isEqualTo(LAST + " acknowledged " + LAST);
  }
}
