// SPDX-License-Identifier: Apache-2.0
package dev.waltap.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.Waltap;
import dev.waltap.api.ChangeDataCapture;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every metric has its meter, before the capture runs, too. */
class CaptureMetersTest {
  @Test
  void bindsAllMetrics() {
    try (ChangeDataCapture capture = Waltap.open(Path.of("none.db")).noState().build()) {
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      new CaptureMeters(capture, Tags.of("database", "none")).bindTo(registry);
      assertThat(registry.getMeters()).hasSize(19);
      assertThat(registry.get("waltap.changes").tag("database", "none").functionCounter().count())
          .isZero();
      assertThat(registry.get("waltap.page.set.hit.rate").gauge().value()).isEqualTo(1);
    }
  }
}
