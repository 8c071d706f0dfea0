package dev.waltap.wal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommitCounterTest {

  private final CommitCounter counter = new CommitCounter();

  @Test
  void countsAcrossTheWrap() {
    counter.reset(-2);
    counter.add(false);
    counter.add(false);
    counter.add(false);
    assertThat(counter.changeCounter()).isEqualTo(1);
    assertThat(counter.explains(1, 0, 0)).isTrue();
    assertThat(counter.explains(3, 2, 0)).isTrue();
    assertThat(counter.explains(4, 2, 0)).isFalse();
    assertThat(counter.explains(2, 2, 0)).isFalse();
  }

  @Test
  void repeatsMayBeCommitsUntilPaddingIsKnown() {
    counter.reset(10);
    counter.add(false);
    counter.add(true);
    assertThat(counter.explains(11, 0, 0)).isTrue();
    assertThat(counter.explains(12, 0, 0)).isTrue();
    counter.settle(11);
    counter.add(false);
    counter.add(true);
    assertThat(counter.changeCounter()).isEqualTo(12);
    assertThat(counter.explains(12, 0, 0)).isTrue();
    assertThat(counter.explains(13, 0, 0)).isFalse();
  }

  @Test
  void aCounterSetBackExplainsNothing() {
    counter.reset(500);
    counter.add(false);
    assertThat(counter.explains(7, 2, 0)).isFalse();
    counter.settle(7);
    assertThat(counter.explains(9, 2, 0)).isTrue();
  }
}
