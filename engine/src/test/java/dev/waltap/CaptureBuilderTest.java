// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.api.CaptureOptions;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.api.WakeSignal;
import dev.waltap.memory.MemoryPool;
import dev.waltap.wake.WakeSignals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureBuilderTest {

  @TempDir private Path directory = Path.of("");

  @Test
  void hasTheDefaultsOfTheContract() {
    CaptureOptions options = Waltap.open(directory.resolve("app.db")).options();
    assertThat(options.batchSize()).isEqualTo(256);
    assertThat(options.walLimit()).isEqualTo(256L << 20);
    assertThat(options.onGap()).isEqualTo(GapPolicy.RECONCILE);
    assertThat(options.guard()).isEqualTo(GuardMode.ADAPTIVE);
    assertThat(options.queueChanges()).isEqualTo(8192);
    assertThat(options.queueBytes()).isBetween(1L, 16L << 20);
    assertThat(options.pageSetMemory()).isBetween(1L, 128L << 20);
    assertThat(options.schemaEvents()).isTrue();
    assertThat(options.stateDirectory()).isNull();
  }

  @Test
  void usesNoStateButTheOneThatWasNamed() throws IOException {
    Path database = Files.createFile(directory.resolve("app.db"));
    Path state = Files.createDirectory(directory.resolve("app.db-waltap"));
    Files.createFile(state.resolve("state.db"));
    assertThat(Waltap.open(database).options().stateDirectory()).isNull();
    Path other = directory.resolve("other");
    CaptureBuilder named = Waltap.open(database).stateDirectory(other);
    assertThat(named.options().stateDirectory()).isEqualTo(other);
    assertThat(named.noState().options().stateDirectory()).isNull();
  }

  @Test
  void asksForASignalForEachCapture() {
    AtomicInteger asked = new AtomicInteger();
    CaptureBuilder builder =
        Waltap.open(directory.resolve("app.db"))
            .wakeSignal(
                () -> {
                  asked.incrementAndGet();
                  return WakeSignals.manual();
                });
    assertThat(asked).hasValue(0);
    builder.build().close();
    builder.build().close();
    assertThat(asked).hasValue(2);
    WakeSignal one = WakeSignals.manual();
    assertThat(builder.wakeSignal(one).options().wakeSignal().get()).isSameAs(one);
    builder.wakeSignal(WakeSignals::manual).build().close();
  }

  @Test
  void setsUpAndTearsDownOnlyWhatWasNamed() {
    try (ChangeDataCapture capture = Waltap.open(directory.resolve("app.db")).build()) {
      assertThatThrownBy(capture::setup)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("state directory");
      assertThatThrownBy(capture::teardown).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void refusesInWordsWhereOptionsEnter() {
    CaptureBuilder builder = Waltap.open(directory.resolve("app.db"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.batchSize(0))
        .withMessage("the batch size must be 1 or more, not 0");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.walLimit(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.queueChanges(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.queueBytes(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.pageSetMemory(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.tables(""));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.excludeColumns("name"))
        .withMessageContaining("TABLE.COLUMN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.once(true).options())
        .withMessageContaining("needs state");
  }

  @Test
  void sharesThatMemoryOnlyOfWhichItHasNoneOfItsOwn() {
    MemoryPool pool = new MemoryPool(64 << 20);
    CaptureBuilder builder = Waltap.open(Path.of("shared.db"));
    builder.share(pool);
    try (ChangeDataCapture capture = builder.engine()) {
      assertThat(capture).isNotNull();
      assertThat(pool.free()).as("less its floor").isEqualTo(pool.total() - (256 << 10));
    }
    assertThat(pool.free()).as("closed").isEqualTo(pool.total());
    builder.pageSetMemory(4 << 20);
    try (ChangeDataCapture capture = builder.engine()) {
      assertThat(capture).isNotNull();
      assertThat(pool.free()).as("of its queue").isEqualTo(pool.total() - (64 << 10));
    }
    builder.queueBytes(1 << 20);
    try (ChangeDataCapture capture = builder.engine()) {
      assertThat(capture).isNotNull();
      assertThat(pool.free()).isEqualTo(pool.total());
    }
    assertThat(builder.options().pageSetMemory()).isEqualTo(4 << 20);
    assertThat(builder.options().queueBytes()).isEqualTo(1 << 20);
  }

  @Test
  void givesBackThatMemoryIfItCantBeMade() {
    MemoryPool pool = new MemoryPool(64 << 20);
    CaptureBuilder builder = Waltap.open(Path.of("shared.db"));
    builder.share(pool);
    builder.wakeSignal(
        () -> {
          throw new IllegalStateException("no signal");
        });
    assertThatIllegalStateException().isThrownBy(builder::engine).withMessage("no signal");
    assertThat(pool.free()).isEqualTo(pool.total());
  }
}
