// SPDX-License-Identifier: Apache-2.0
package dev.waltap.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureMode;
import dev.waltap.api.CaptureOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a run fails with, it ends, and whoever closes it returns. */
class CaptureEngineTest {
  private static final class Shortage extends OutOfMemoryError {
    private static final long serialVersionUID = 1;
  }

  private static final Workers WORKERS =
      new Workers() {
        @Override
        public void execute(String name, Runnable task) {
          throw new Shortage();
        }

        @Override
        public void executeInTurn(String name, Runnable task) {
          throw new Shortage();
        }

        @Override
        public void endTurn() {}
      };

  @TempDir private Path directory = Path.of("");

  /** One for which there is no memory when it makes its thread. */
  private CaptureEngine engine() {
    CaptureOptions options =
        Waltap.open(directory.resolve("test.db")).handler(batch -> {}).options();
    return new CaptureEngine(
        (CaptureOptions)
            Proxy.newProxyInstance(
                CaptureEngineTest.class.getClassLoader(),
                new Class<?>[] {CaptureOptions.class},
                (proxy, method, arguments) -> {
                  if ("listener".equals(method.getName())) {
                    throw new Shortage();
                  }
                  try {
                    return method.invoke(options, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                }));
  }

  private static void assertCloses(CaptureEngine engine) throws InterruptedException {
    Thread closing = new Thread(engine::close);
    closing.setDaemon(true);
    closing.start();
    closing.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(closing.isAlive()).isFalse();
  }

  @Test
  void oneWhoseThreadCouldNotBeMadeCanBeClosed() throws Exception {
    CaptureEngine engine = engine();
    assertThatThrownBy(engine::cdc).isInstanceOf(Shortage.class);
    assertCloses(engine);
  }

  @Test
  void oneWhoseTurnCouldNotBeginCanBeClosed() throws Exception {
    CaptureEngine engine = engine();
    assertThatThrownBy(() -> engine.turn(CaptureMode.CDC, WORKERS)).isInstanceOf(Shortage.class);
    assertCloses(engine);
  }
}
