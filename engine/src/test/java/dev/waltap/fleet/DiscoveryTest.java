// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiscoveryTest {
  @TempDir private Path directory = Path.of("");

  private void files(String... names) throws IOException {
    for (String name : names) {
      Path file = directory.resolve(name);
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.createFile(file);
    }
  }

  private List<String> found(DatabaseSource... sources) {
    return Discovery.list(
            List.of(sources), directory.resolve("states"), file -> file.endsWith("changes.db"))
        .stream()
        .map(FoundDatabase::shortName)
        .toList();
  }

  @Test
  void onlyWhatMatchesInTheDirectoryItselfIsFound() throws IOException {
    files("b.db", "a.db", "c.txt", "below/d.db");
    assertThat(found(DatabaseSource.directory(directory, "*.db", false)))
        .containsExactly("a.db", "b.db");
  }

  @Test
  void directoriesBelowAreLookedIntoWhereThatWasAskedFor() throws IOException {
    files("a.db", "eu/a.db", "eu/west/b.db");
    assertThat(found(DatabaseSource.directory(directory, "*.db", true)))
        .containsExactly("a.db", "eu/a.db", "eu/west/b.db");
    assertThat(found(DatabaseSource.directory(directory, "eu/**.db", true)))
        .containsExactly("eu/a.db", "eu/west/b.db");
  }

  @Test
  void whatIsSqlitesOrOursIsNoDatabase() throws IOException {
    files("a.db", "a.db-wal", "a.db-shm", "a.db-journal", "a.db-mj12AB34CD", "changes.db");
    files("a.db-waltap/state.db", "b-waltap/c.db", "states/x.db-waltap/state.db", "states/y.db");
    assertThat(found(DatabaseSource.directory(directory, "*", true))).containsExactly("a.db");
  }

  @Test
  void oneDatabaseByTwoNamesIsCapturedOnce() throws IOException {
    files("a.db");
    Files.createSymbolicLink(directory.resolve("b.db"), directory.resolve("a.db"));
    assertThat(found(DatabaseSource.directory(directory, "*.db", false))).containsExactly("a.db");
  }

  @Test
  void globsAreAsAShellExpandsThem() throws IOException {
    files("a.db", "eu/a.db", "eu/b.db", "us/a.db", "eu/west/a.db");
    assertThat(found(DatabaseSource.glob(directory + "/*/a.db")))
        .containsExactly("eu/a.db", "us/a.db");
    assertThat(found(DatabaseSource.glob(directory + "/eu/*.db"))).containsExactly("a.db", "b.db");
    assertThat(found(DatabaseSource.glob(directory + "/**/a.db")))
        .containsExactly("eu/a.db", "eu/west/a.db", "us/a.db");
  }

  @Test
  void whatIsNoPatternOrNoDirectoryIsRefusedInWords() throws IOException {
    files("a.db");
    assertThatThrownBy(() -> DatabaseSource.directory(directory, "[", false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no pattern");
    assertThatThrownBy(
            () -> found(DatabaseSource.directory(directory.resolve("a.db"), "*.db", false)))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("not a directory");
    assertThatThrownBy(
            () -> found(DatabaseSource.directory(directory.resolve("none"), "*.db", false)))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("no such file");
  }

  /** Thousands of names would be asked about again and again. */
  @Test
  void whatWasFoundIsNotAskedAboutBeforeSomethingHasHappenedToIt() throws IOException {
    files("a.db", "b.db", "c.txt");
    Path a = directory.toRealPath().resolve("a.db");
    Discovery discovery = discovery();
    assertThat(names(discovery)).containsExactly("a.db", "b.db");
    Files.delete(a);
    Files.createDirectory(a);
    Files.delete(directory.resolve("b.db"));
    files("d.db");
    assertThat(names(discovery)).as("what comes and goes is seen").containsExactly("a.db", "d.db");
    discovery.changed(a);
    assertThat(names(discovery)).containsExactly("d.db");
    assertThat(names(discovery)).containsExactly("d.db");
  }

  @Test
  void allIsAskedAboutWhereMoreMayHaveHappenedThanWasReported() throws IOException {
    files("a.db", "b.db");
    Discovery discovery = discovery();
    assertThat(names(discovery)).containsExactly("a.db", "b.db");
    Files.delete(directory.resolve("b.db"));
    Files.createSymbolicLink(directory.resolve("b.db"), directory.resolve("a.db"));
    discovery.forget();
    assertThat(names(discovery)).containsExactly("a.db");
  }

  @Test
  void whatChangesWhileItIsLookedAtIsAskedAboutByTheNextLook() {
    KnownDatabases known = new KnownDatabases();
    DatabaseSource source = DatabaseSource.directory(directory, "*.db", false);
    Path file = directory.resolve("a.db");
    FoundDatabase found = new FoundDatabase(file, file, source, Path.of("a.db"));
    known.begin();
    known.changed(file);
    known.add(file, found);
    known.end();
    known.begin();
    assertThat(known.find(file, file, source)).isNull();
    known.add(file, found);
    known.end();
    known.begin();
    assertThat(known.find(file, file, source)).isSameAs(found);
    known.add(file, new FoundDatabase(file, directory.resolve("b.db"), source, Path.of("a.db")));
    known.end();
    known.begin();
    assertThat(known.find(file, file, source)).as("where a link leads may change").isNull();
  }

  private Discovery discovery() {
    DatabaseSource source = DatabaseSource.directory(directory, "*.db", false);
    return new Discovery(
        List.of(source), new StateRoot(directory.resolve("states"), false), file -> false);
  }

  private static List<String> names(Discovery discovery) {
    return discovery.look().stream().map(FoundDatabase::shortName).toList();
  }

  @Test
  void descriptorsAndHeapBoundWhatIsOpen() {
    long large = 8L << 30;
    String line = "Max open files            %s                524288               files     ";
    assertThat(OpenLimit.of(List.of("Limit", line.replace("%s", "1024")), large)).isEqualTo(34);
    assertThat(OpenLimit.of(List.of(line.replace("%s", "524288")), large)).isEqualTo(500);
    assertThat(OpenLimit.of(List.of(line.replace("%s", "64")), large)).isEqualTo(4);
    assertThat(OpenLimit.of(List.of(line.replace("%s", "unlimited")), large)).isEqualTo(500);
    assertThat(OpenLimit.of(List.of(line.replace("%s", "524288")), 250 << 20)).isEqualTo(200);
    assertThat(OpenLimit.of(List.of(), 1 << 20)).isEqualTo(4);
  }
}
