// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.testdata.fuzz.Selection.Place;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private static final List<Integer> SIZES = List.of(4, 1, 3, 2, 3);

  @Test
  void namesWholeStepsAndStatementsOfOthers() {
    List<Place> places = new ArrayList<>(List.of(place(0, 1), place(0, 2), place(0, 0)));
    places.addAll(List.of(place(1, 0), place(2, 0), place(2, 1), place(2, 2), place(3, 1)));
    places.addAll(List.of(place(4, 0), place(4, 2)));
    assertThat(Selection.of(places, SIZES)).hasToString("0:0-2,1-2,3:1,4:0,4:2");
  }

  @Test
  void readsWhatItWrites() {
    String text = "0:0-2,1-2,3:1,4:0,4:2";
    Selection read = Selection.parse(text);
    assertThat(read).hasToString(text);
    assertThat(read.lastStep()).isEqualTo(4);
    assertThat(read.holds(0, 2)).isTrue();
    assertThat(read.holds(0, 3)).isFalse();
    assertThat(read.holds(2, 99)).isTrue();
    assertThat(read.holds(3, 0)).isFalse();
  }

  @Test
  void refusesWhatIsNone() {
    for (String text : List.of("", "x", "1,,2", "1:", "-1")) {
      assertThatThrownBy(() -> Selection.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Place place(int step, int statement) {
    return new Place(step, statement);
  }
}
