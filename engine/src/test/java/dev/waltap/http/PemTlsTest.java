// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import static dev.waltap.json.Changes.insert;
import static dev.waltap.json.Changes.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.waltap.json.BlobFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Receivers behind TLS, with certificates of a test's own authority that are valid for long. */
class PemTlsTest {

  @TempDir private Path directory = Path.of("");

  private static Path file(String name) {
    try {
      return Path.of(Objects.requireNonNull(PemTlsTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpsServer server(SSLContext context, AtomicInteger requests) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = context.getDefaultSSLParameters();
            wanted.setNeedClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          requests.incrementAndGet();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static void post(HttpsServer server, @Nullable SSLContext tls) throws Exception {
    HttpTarget target =
        new HttpTarget(
            URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/"),
            List.of(),
            Duration.ofSeconds(20),
            0);
    try (HttpHandler handler = new HttpHandler(target, BlobFormat.HEX, tls, warning -> {})) {
      handler.handleChanges(List.of(insert(row("id", 1L))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "server.key, client.pem, client.key",
    "server-pkcs1.key, client.pem, client-sec1.key",
    "server.key, client-both.pem,"
  })
  void deliversWithItsOwnAuthorityAndAClientCertificate(
      String serverKey, String certificate, @Nullable String key) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    HttpsServer server =
        server(PemTls.context(file("ca.pem"), file("server.pem"), file(serverKey)), requests);
    try {
      post(
          server,
          PemTls.context(file("ca.pem"), file(certificate), key == null ? null : file(key)));
      assertThat(requests).hasValue(1);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void saysWhatIsWrongWithACertificate() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    HttpsServer server =
        server(PemTls.context(file("ca.pem"), file("server.pem"), file("server.key")), requests);
    HttpsServer other =
        server(
            PemTls.context(file("ca.pem"), file("other-host.pem"), file("other-host.key")),
            requests);
    try {
      assertThatThrownBy(() -> post(server, null))
          .hasMessageContaining("not from an authority that is trusted here")
          .hasMessageContaining("--cacert");
      assertThatThrownBy(() -> post(server, PemTls.context(file("ca.pem"), null, null)))
          .hasMessageContaining("client certificate")
          .hasMessageContaining("--cert");
      SSLContext client = PemTls.context(file("ca.pem"), file("client.pem"), file("client.key"));
      assertThatThrownBy(() -> post(other, client))
          .hasMessageContaining("certificate is for another host");
      assertThat(requests).hasValue(0);
    } finally {
      server.stop(0);
      other.stop(0);
    }
  }

  @Test
  void refusesFilesThatAreNoUse() throws IOException {
    Path empty = Files.createFile(directory.resolve("empty.pem"));
    Path missing = directory.resolve("missing.pem");
    Path damaged = directory.resolve("damaged.pem");
    String key = Files.readString(file("client.key"));
    Files.writeString(damaged, key.replaceFirst("\n.{20}", "\n"));
    assertThatThrownBy(() -> PemTls.context(missing, null, null))
        .hasMessage("there is no file " + missing);
    assertThatThrownBy(() -> PemTls.context(empty, null, null))
        .hasMessageContaining("holds no certificate");
    assertThatThrownBy(() -> PemTls.context(null, file("client.pem"), null))
        .hasMessageContaining("holds no private key");
    assertThatThrownBy(() -> PemTls.context(null, file("client.pem"), file("server.key")))
        .hasMessageContaining("of another kind than the certificate's");
    assertThatThrownBy(() -> PemTls.context(null, file("server.pem"), file("other-host.key")))
        .hasMessageContaining("not that of the first certificate");
    assertThatThrownBy(() -> PemTls.context(null, file("client.pem"), file("client-encrypted.key")))
        .hasMessageContaining("is encrypted");
    String secret = key.lines().skip(1).findFirst().orElseThrow();
    assertThatThrownBy(() -> PemTls.context(null, file("client.pem"), damaged))
        .hasMessageContaining("is damaged")
        .hasNoCause()
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(secret.substring(20)));
  }
}
