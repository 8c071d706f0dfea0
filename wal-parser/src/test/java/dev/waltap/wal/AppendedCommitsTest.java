// SPDX-License-Identifier: Apache-2.0
package dev.waltap.wal;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.format.WalIndexHeader;
import dev.waltap.wal.AppendedCommits.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was appended to a WAL, read once, without a connection. */
class AppendedCommitsTest extends TailTestCase {
  private WalIndexForger forger;
  private WalPosition known;
  private boolean isInFile;

  @BeforeEach
  void begin() throws Exception {
    database.write(2);
    forger = new WalIndexForger(database.path(), PAGE_SIZE);
    known = now();
  }

  private AppendedCommits commits(Path path, int pageSize) throws IOException {
    return Objects.requireNonNull(AppendedCommits.open(path, pageSize, known, isInFile));
  }

  private Outcome read(Path path, int maxFrames) throws IOException {
    try (AppendedCommits commits = commits(path, PAGE_SIZE)) {
      Outcome outcome = commits.look();
      if (outcome != Outcome.COMMITS) {
        return outcome;
      }
      if (!commits.read(sink, maxFrames)) {
        return Outcome.UNKNOWN;
      }
      assertThat(commits.position()).isEqualTo(now());
      return outcome;
    }
  }

  private Outcome read() throws IOException {
    return read(database.path(), ALL);
  }

  /** The files as they are, of which nobody has a connection. */
  private Path copy() throws IOException {
    Path copy = Files.createTempDirectory(directory, "copy").resolve("t");
    for (String end : new String[] {"", "-wal", "-shm"}) {
      Files.copy(Path.of(database.path() + end), Path.of(copy + end));
    }
    return copy;
  }

  @Test
  void isHandedOverTransactionByTransaction() throws Exception {
    assertThat(read()).isEqualTo(Outcome.NOTHING);
    database.write(3);
    assertThat(read()).isEqualTo(Outcome.COMMITS);
    assertThat(sink.generations()).containsExactly(1L, 1L, 1L);
    assertThat(sink.counter()).isEqualTo(5);
    known = now();
    assertThat(read()).isEqualTo(Outcome.NOTHING);
  }

  @Test
  void isReadFromTheStartOfTheNextGeneration() throws Exception {
    checkpoint("RESTART");
    assertThat(read()).isEqualTo(Outcome.NOTHING);
    database.write(2);
    assertThat(read()).as("deleted or restored by somebody").isEqualTo(Outcome.UNKNOWN);
    isInFile = true;
    assertThat(read()).isEqualTo(Outcome.COMMITS);
    assertThat(sink.generations()).containsExactly(2L, 2L);
    assertThat(sink.counter()).isEqualTo(4);
  }

  @Test
  void isReadFromTheStartOfALogThatWasNotThere() throws Exception {
    checkpoint("TRUNCATE");
    known = new WalPosition(0, 0, 0, 0);
    isInFile = true;
    assertThat(read()).isEqualTo(Outcome.NOTHING);
    database.write(1);
    assertThat(read()).isEqualTo(Outcome.COMMITS);
    assertThat(sink.generations()).containsExactly(2L);
  }

  @Test
  void isNothingBehindATransactionThatWasRolledBack() throws Exception {
    rollBackSpilled(30);
    assertThat(database.wal().toFile().length()).isGreaterThan(30 * PAGE_SIZE);
    assertThat(read()).isEqualTo(Outcome.NOTHING);
    database.write(1);
    assertThat(read()).isEqualTo(Outcome.COMMITS);
    assertThat(sink.counter()).isEqualTo(3);
  }

  @Test
  void isAboutToComeWhileACommitFrameIsNotPublished() throws Exception {
    Path before = copy();
    database.write(1);
    // As its writer leaves it for as long as the disk takes.
    Files.copy(database.wal(), Path.of(before + "-wal"), REPLACE_EXISTING);
    assertThat(read(before, ALL)).isEqualTo(Outcome.PENDING);
    assertThat(sink.commits()).isZero();
  }

  @Test
  void isKnownToBeInTheFileOnceItWasCheckpointed() throws Exception {
    assertIsInFile(false);
    checkpoint("PASSIVE");
    assertIsInFile(true);
    database.write(1);
    known = now();
    assertIsInFile(false);
  }

  private void assertIsInFile(boolean is) throws IOException {
    try (AppendedCommits commits = commits(database.path(), PAGE_SIZE)) {
      assertThat(commits.look()).isEqualTo(Outcome.NOTHING);
      assertThat(commits.isInFile()).isEqualTo(is);
    }
  }

  @Test
  void isUnknownWhereAnIndexThatNobodyUsesSaysThatTheLogWasBegunAgain() throws Exception {
    Path before = copy();
    checkpoint("TRUNCATE");
    Path after = copy();
    isInFile = true;
    assertThat(read(after, ALL)).isEqualTo(Outcome.NOTHING);
    Files.copy(Path.of(before + "-wal"), Path.of(after + "-wal"), REPLACE_EXISTING);
    assertThat(read(after, ALL)).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void isUnknownIfThereIsMore() throws Exception {
    database.write(3);
    assertThat(read(database.path(), 5)).isEqualTo(Outcome.UNKNOWN);
    assertThat(read(database.path(), 6)).isEqualTo(Outcome.COMMITS);
  }

  @Test
  void isUnknownWhereAFrameHasNoChecksum() throws Exception {
    database.write(1);
    forger.strip(known.frame() + 1, now().frame(), 0);
    assertThat(read()).isEqualTo(Outcome.UNKNOWN);
    known = now();
    database.write(1);
    assertThat(read()).as("behind it").isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void isUnknownWhereAFrameDoesNotFollow() throws Exception {
    database.write(2);
    forger.overwrite(known.frame() + 2, 30, new byte[] {1, 2, 3, 4});
    assertThat(read()).isEqualTo(Outcome.UNKNOWN);
    assertThat(sink.commits()).isZero();
  }

  @Test
  void isUnknownWhereTheKnownCommitIsAnother() throws Exception {
    database.write(1);
    known =
        new WalPosition(known.salts(), known.frame(), known.checksum() + 1, known.changeCounter());
    assertThat(read()).isEqualTo(Outcome.UNKNOWN);
    known = new WalPosition(known.salts(), now().frame() + 1, 7, known.changeCounter());
    assertThat(read()).as("behind the end").isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void isUnknownWhereTheHeaderIsTornOrCutOff() throws Exception {
    database.write(1);
    Path copy = copy();
    Path shm = Path.of(copy + "-shm");
    byte[] whole = Files.readAllBytes(shm);
    WalIndexForger.tear(shm);
    assertThat(read(copy, ALL)).isEqualTo(Outcome.UNKNOWN);
    for (int size : new int[] {0, 3, WalIndexHeader.SIZE, 2 * WalIndexHeader.SIZE - 1}) {
      Files.write(shm, Arrays.copyOf(whole, size));
      assertThat(read(copy, ALL)).isEqualTo(Outcome.UNKNOWN);
    }
    Files.write(shm, whole);
    assertThat(read(copy, ALL)).isEqualTo(Outcome.COMMITS);
  }

  @Test
  void isUnknownWhereThePagesAreOfAnotherSize() throws Exception {
    database.write(1);
    try (AppendedCommits commits = commits(database.path(), 2 * PAGE_SIZE)) {
      assertThat(commits.look()).isEqualTo(Outcome.UNKNOWN);
    }
  }

  @Test
  void isUnknownWhereTheLogIsNotThatOfTheIndex() throws Exception {
    checkpoint("TRUNCATE");
    Path empty = copy();
    database.write(1);
    Path copy = copy();
    Files.copy(Path.of(empty + "-wal"), Path.of(copy + "-wal"), REPLACE_EXISTING);
    assertThat(read(copy, ALL)).isEqualTo(Outcome.UNKNOWN);
    Files.delete(Path.of(copy + "-wal"));
    assertThat(read(copy, ALL)).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void isOfTheFilesThatAreThere() throws Exception {
    database.write(1);
    for (String end : new String[] {"-wal", "-shm"}) {
      Path copy = copy();
      Path file = Path.of(copy + end);
      try (AppendedCommits commits = commits(copy, PAGE_SIZE)) {
        assertThat(commits.look()).isEqualTo(Outcome.COMMITS);
        assertThat(commits.read(sink, ALL)).isTrue();
        assertThat(commits.isStillThere()).isTrue();
        Files.move(file, Path.of(copy + "-old"));
        Files.copy(Path.of(copy + "-old"), file);
        assertThat(commits.isStillThere()).isFalse();
      }
      sink.forget();
    }
  }

  @Test
  void thereIsNothingToReadWithoutAnIndex() throws Exception {
    Path copy = copy();
    Files.delete(Path.of(copy + "-shm"));
    assertThat(AppendedCommits.open(copy, PAGE_SIZE, known, isInFile)).isNull();
  }
}
