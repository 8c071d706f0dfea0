// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waltap.testdata.TestDatabase;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** SIGTERM while {@code --once} is not through. */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class StoppedOnceTest extends DurableFixture {

  @Test
  void endsWith143AndEmitsTheRestTheNextTime() throws Exception {
    assertThat(run("setup")).isZero();
    TestDatabase.execute(writer, "INSERT INTO a VALUES(2, 'x')");
    // It takes the batch, and never says that it has it.
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + server.getLocalPort() + "/";
      try (CaptureProcess capture = start("cdc", "--once", "--timeout", "2s", "--output", url);
          Socket connection = server.accept()) {
        assertThat(connection.getInputStream().read()).isEqualTo('P');
        capture.terminate();
        assertThat(capture.await(LIMIT)).isEqualTo(143);
      }
    }
    assertThat(once()).isZero();
    assertThat(emitted()).containsExactly("a INSERT 2");
  }
}
