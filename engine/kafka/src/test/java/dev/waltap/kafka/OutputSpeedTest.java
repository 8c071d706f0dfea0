// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import com.sun.net.httpserver.HttpServer;
import dev.waltap.file.FileOutput;
import dev.waltap.file.JsonLinesHandler;
import dev.waltap.http.HttpHandler;
import dev.waltap.http.HttpTarget;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.JsonMessages;
import dev.waltap.output.OutputRequest;
import dev.waltap.output.StreamOutput;
import dev.waltap.testdata.broker.Broker;
import dev.waltap.testdata.broker.OutputSpeed;
import dev.waltap.testdata.broker.OutputSpeed.Opened;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** How fast rows go to a file, by HTTP and to Kafka: prints a table, and judges nothing. */
@Tag("slow")
@EnabledIfSystemProperty(named = "waltap.output.rows", matches = "\\d+")
class OutputSpeedTest {
  private static final int SMALL = 256;
  private static final int LARGE = 5_000;

  @Test
  void printsWhatABootstrapTakes() throws Exception {
    try (OutputSpeed speed = new OutputSpeed(Long.getLong("waltap.output.rows", 0));
        Broker broker = Broker.started()) {
      speed.measure("no output", SMALL, round -> new Opened(changes -> {}, () -> {}));
      speed.measure(
          "JSON to nowhere",
          SMALL,
          round ->
              new Opened(
                  new JsonLinesHandler(OutputStream.nullOutputStream(), BlobFormat.HEX), () -> {}));
      speed.measure(
          "JSON to a file, synced",
          SMALL,
          round -> {
            FileOutput file = FileOutput.open(speed.database().directory().resolve("out" + round));
            return new Opened(new JsonLinesHandler(file, BlobFormat.HEX), file);
          });
      HttpServer server = receiver();
      try {
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        speed.measure("HTTP, batches of 256", SMALL, round -> http(address));
        speed.measure("HTTP, batches of 5,000", LARGE, round -> http(address));
      } finally {
        server.stop(0);
      }
      for (int size : new int[] {SMALL, LARGE}) {
        speed.measure(
            "Kafka, exactly once, batches of " + size,
            size,
            round -> kafka(broker.address(), "db" + size + "-" + round));
      }
    }
  }

  private static HttpServer receiver() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (InputStream body = exchange.getRequestBody()) {
            body.transferTo(OutputStream.nullOutputStream());
          }
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static Opened http(URI address) {
    HttpHandler handler =
        new HttpHandler(
            new HttpTarget(address, List.of(), Duration.ofSeconds(30), 0), BlobFormat.HEX);
    return new Opened(handler, handler);
  }

  private static Opened kafka(String address, String database) throws Exception {
    OutputRequest request =
        new OutputRequest(
            "kafka://" + address,
            database,
            new JsonMessages(BlobFormat.HEX),
            false,
            null,
            null,
            null,
            null,
            warning -> {},
            secrets -> {});
    StreamOutput output = new KafkaProvider().prepare(request);
    output.open(null);
    return new Opened(output, output);
  }
}
