// SPDX-License-Identifier: Apache-2.0
package dev.waltap.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.host.FileOwner;
import dev.waltap.host.Processes.Credentials;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whether an application could open what SQLite makes for a capture of another user. */
class AccessTest {
  private static final FileOwner DIRECTORY = new FileOwner(1000, 1000, 040755);

  private static Credentials user(long user, long group, boolean canChown) {
    return new Credentials(user, group, Set.of(group), canChown);
  }

  private static FileOwner database(int mode) {
    return new FileOwner(1000, 50, mode);
  }

  @Test
  void ownerAndRootMakeWhatTheOwnerCanOpen() {
    assertThat(Access.ownerCanOpen(user(1000, 7, false), database(0600), DIRECTORY)).isTrue();
    assertThat(Access.ownerCanOpen(user(0, 0, true), database(0600), DIRECTORY)).isTrue();
    assertThat(Access.ownerCanOpen(user(0, 0, false), database(0600), DIRECTORY)).isFalse();
  }

  @Test
  void othersDoOnlyWhereTheModeOrTheGroupAllowsIt() {
    Credentials other = user(1001, 1001, false);
    assertThat(Access.ownerCanOpen(other, database(0666), DIRECTORY)).isTrue();
    assertThat(Access.ownerCanOpen(other, database(0660), DIRECTORY)).isFalse();
    assertThat(Access.ownerCanOpen(user(1001, 50, false), database(0660), DIRECTORY)).isTrue();
    assertThat(Access.ownerCanOpen(user(1001, 50, false), database(0600), DIRECTORY)).isFalse();
    FileOwner shared = new FileOwner(0, 50, 042775);
    assertThat(Access.ownerCanOpen(other, database(0660), shared)).isTrue();
  }
}
