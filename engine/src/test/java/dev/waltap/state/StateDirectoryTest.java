// SPDX-License-Identifier: Apache-2.0
package dev.waltap.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  @TempDir Path temp;

  @Test
  void isMadeAndRemovedOnce() {
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    assertThat(directory.remove()).isFalse();
    directory.create();
    directory.create();
    try (StateLock lock = directory.hold("test")) {
      StateModel.create(lock).close();
      assertThatThrownBy(directory::remove).hasMessageContaining("is held by process");
    }
    directory.create();
    assertThat(directory.exists()).isTrue();
    assertThat(directory.remove()).isTrue();
    assertThat(directory.path()).doesNotExist();
    assertThat(directory.remove()).isFalse();
  }

  @Test
  void anEmptyDirectoryIsTakenAndMadePrivate() throws IOException {
    Path path = Files.createDirectory(temp.resolve("state"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    StateDirectory.at(path).create();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rwx------");
  }

  @Test
  void whatIsNotOursIsLeftAlone() throws IOException {
    Path file = Files.createFile(temp.resolve("file"));
    assertThatThrownBy(() -> StateDirectory.at(file).create()).hasMessageContaining("not a direc");
    assertThatThrownBy(() -> StateDirectory.at(file).remove()).hasMessageContaining("not a direc");
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    try (StateLock lock = directory.hold("test")) {
      StateModel.create(lock).close();
    }
    Path foreign = Files.createFile(directory.path().resolve("letters.txt"));
    assertThatThrownBy(directory::remove)
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("letters.txt");
    assertThatThrownBy(directory::create).hasMessageContaining("letters.txt");
    assertThat(foreign).exists();
    assertThat(directory.exists()).isTrue();
  }

  private static Path stateOf(Path path) {
    StateDirectory directory = StateDirectory.at(path);
    directory.create();
    try (StateLock lock = directory.hold("test")) {
      StateModel.create(lock).close();
    }
    return StateStatus.of(directory).database().path();
  }

  @Test
  void refusesToRemoveTheStateOfAnotherDatabase() throws IOException {
    Path owner = stateOf(temp.resolve("state"));
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    Path other = Files.createFile(temp.resolve("other.db"));
    for (Path database : List.of(other, temp.resolve("missing.db"))) {
      assertThatThrownBy(() -> directory.removeStateOf(database))
          .isInstanceOf(CaptureException.class)
          .hasMessageContainingAll("belongs to " + owner, "not to " + database);
      assertThat(directory.exists()).isTrue();
    }
    assertThat(directory.removeStateOf(owner)).isTrue();
    assertThat(directory.removeStateOf(other)).isFalse();
  }

  @Test
  void removesAStateThatIsTooDamagedToSayWhoseItIs() throws IOException {
    Path owner = stateOf(temp.resolve("state"));
    Files.write(temp.resolve("state/state.db"), new byte[5000]);
    assertThat(StateDirectory.at(temp.resolve("state")).removeStateOf(owner)).isTrue();
  }

  @Test
  void leavesAStateDbThatIsNotOurs() throws Exception {
    Path path = Files.createDirectory(temp.resolve("machine"));
    Path file = path.resolve("state.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      connection.createStatement().execute("CREATE TABLE precious(x)");
    }
    byte[] bytes = Files.readAllBytes(file);
    Path database = Files.createFile(temp.resolve("app.db"));
    assertThatThrownBy(() -> StateDirectory.at(path).removeStateOf(database))
        .hasMessageContaining("no state of Waltap");
    assertThat(file).hasBinaryContent(bytes);
    Files.writeString(file, "a text");
    assertThatThrownBy(() -> StateDirectory.at(path).removeStateOf(database))
        .hasMessageContaining("no state of Waltap");
    assertThat(file).hasContent("a text");
  }

  @Test
  void removesAStateBehindASymbolicLinkAndTheLink() throws IOException {
    Path real = Files.createDirectory(temp.resolve("real"));
    Path link = Files.createSymbolicLink(temp.resolve("state"), real);
    Path owner = stateOf(link);
    assertThat(StateDirectory.at(link).removeStateOf(owner)).isTrue();
    assertThat(real).doesNotExist();
    assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void oneHolderAtATimeInThisProcess() {
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    assertThatThrownBy(() -> directory.hold("test")).hasMessageContaining("run setup first");
    directory.create();
    assertThat(directory.holder()).isNull();
    StateLock lock = directory.hold("cdc");
    assertThatThrownBy(() -> directory.hold("other"))
        .hasMessageContaining("is held by process " + ProcessHandle.current().pid())
        .hasMessageContaining("(cdc)");
    lock.close();
    lock.close();
    assertThat(directory.holder()).isNull();
    directory.hold("other").close();
  }

  @Test
  void oneHolderAtATimeAmongProcesses() throws Exception {
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    Process child = hold(directory);
    assertThat(child.getInputStream().read()).isEqualTo('h');
    assertThat(String.valueOf(directory.holder())).contains("process " + child.pid());
    assertThatThrownBy(() -> directory.hold("test"))
        .hasMessageContaining("is held by process " + child.pid())
        .hasMessageContaining("(a child)");
    child.destroyForcibly().waitFor();
    assertThat(directory.holder()).isNull();
    try (StateLock lock = directory.hold("test")) {
      // Neither asking who holds it nor a failed attempt may have dropped our own lock.
      assertThat(directory.holder()).isNotNull();
      assertThatThrownBy(() -> directory.hold("test")).hasMessageContaining("is held by");
      Process other = hold(directory);
      String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said).contains("is held by process " + ProcessHandle.current().pid());
      other.waitFor();
      assertThat(lock.directory()).isEqualTo(directory);
    }
  }

  /** Who holds a state for a turn writes no name. */
  @Test
  void whoeverHoldsItForAMomentIsAnotherProcess() throws Exception {
    StateDirectory directory = StateDirectory.at(temp.resolve("state"));
    directory.create();
    ClosedState closed = ClosedStates.close(directory, 2);
    Process child = hold(directory, "turn");
    assertThat(child.getInputStream().read()).isEqualTo('h');
    assertThat(directory.holder()).hasToString("another process");
    assertThatThrownBy(() -> directory.hold("test")).hasMessageContaining("by another process:");
    assertThat(closed.append("turn")).isNull();
    child.destroyForcibly().waitFor();
    assertThat(directory.holder()).isNull();
    // A name that was left by a process that was killed is not that of the next.
    Files.writeString(directory.lockFile(), "1\nhost\n2026-01-01T00:00:00Z\nkilled\n");
    ClosedStates.append(closed, 3, 3);
    assertThat(directory.lockFile()).isEmptyFile();
  }

  private static Process hold(StateDirectory directory, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                directory.path().toString()));
    command.addAll(List.of(more));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Holds a state until it is killed, or says why it can't. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      StateDirectory directory = StateDirectory.at(Path.of(arguments[0]));
      try (StateLock lock =
          arguments.length > 1
              ? StateLock.tryHold(directory, arguments[1])
              : directory.hold("a child")) {
        System.out.println((lock == null ? "does not hold " : "holds ") + directory);
        int ignored = System.in.read();
        System.out.println(ignored);
      } catch (CaptureException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
