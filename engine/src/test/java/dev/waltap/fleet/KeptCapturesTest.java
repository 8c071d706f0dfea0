// SPDX-License-Identifier: Apache-2.0
package dev.waltap.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeptCapturesTest {
  private final List<String> dropped = new ArrayList<>();
  private final KeptCaptures kept = new KeptCaptures(100, member -> dropped.add(member.name()));

  private static Member member(String name) {
    Path file = Path.of(name);
    return new Member(FoundDatabase.of(file, DatabaseSource.file(file), null), name, false, 0);
  }

  @Test
  void pastTheBoundTheOldestIsDropped() {
    kept.put(member("a"), 50);
    kept.put(member("b"), 50);
    assertThat(dropped).isEmpty();
    kept.put(member("c"), 60);
    assertThat(dropped).containsExactly("a", "b");
  }

  @Test
  void oneThatWasWrittenToAgainIsTheNewest() {
    Member a = member("a");
    kept.put(a, 40);
    kept.put(member("b"), 40);
    kept.put(a, 50);
    kept.put(member("c"), 20);
    assertThat(dropped).containsExactly("b");
  }

  @Test
  void whatIsGivenUpMakesRoom() {
    Member a = member("a");
    kept.put(a, 60);
    kept.put(a, 0);
    kept.put(member("b"), 90);
    assertThat(dropped).isEmpty();
  }

  @Test
  void oneThatIsLargerThanTheBoundIsNotKept() {
    kept.put(member("a"), 101);
    assertThat(dropped).containsExactly("a");
  }
}
