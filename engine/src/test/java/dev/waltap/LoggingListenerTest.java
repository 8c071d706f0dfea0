// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.api.CaptureListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoggingListenerTest {

  private final List<String> lines = new ArrayList<>();
  private long now;

  private final CaptureListener listener =
      new LoggingListener(Path.of("some", "app.db"), new Lines(), () -> now);

  @Test
  void isWhatACaptureHasWithoutAnother() {
    CaptureBuilder builder = Waltap.open(Path.of("app.db"));
    assertThat(builder.options().listener()).isInstanceOf(LoggingListener.class);
    assertThat(builder.listener(CaptureListener.NONE).options().listener())
        .isSameAs(CaptureListener.NONE);
  }

  @Test
  void saysOfWhichCaptureItIs() {
    listener.ready();
    listener.warning("the WAL was reused");
    listener.warning("some/app.db: a hard link");
    listener.detail("a page");
    assertThat(lines)
        .containsExactly(
            "INFO app.db: ready: every later commit will be emitted",
            "WARNING app.db: the WAL was reused",
            "WARNING some/app.db: a hard link",
            "DEBUG app.db: a page");
  }

  @Test
  void saysNowAndThenHowFarLongWorkIs() {
    for (int second = 0; second <= 25; second++) {
      now = second * 1_000_000_000L;
      listener.progress("scan", second, 100, "pages");
    }
    listener.progress("bootstrap", 1, -1, "rows");
    now += 10_000_000_000L;
    listener.progress("bootstrap", 7, -1, "rows");
    assertThat(lines)
        .containsExactly(
            "INFO app.db: scan: 10 of 100 pages",
            "INFO app.db: scan: 20 of 100 pages",
            "INFO app.db: bootstrap: 7 rows");
  }

  private final class Lines implements System.Logger {
    @Override
    public String getName() {
      return LoggingListener.LOGGER;
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String message,
        @Nullable Throwable thrown) {
      lines.add(level + " " + message);
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object... parameters) {
      lines.add(level + " " + format);
    }
  }
}
