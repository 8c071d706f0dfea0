// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.waltap.Waltap;
import dev.waltap.api.Change;
import dev.waltap.api.ChangeDataCapture;
import dev.waltap.api.ChangesHandler;
import dev.waltap.file.FileOutput;
import dev.waltap.file.JsonLinesHandler;
import dev.waltap.http.HttpHandler;
import dev.waltap.http.HttpTarget;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.JsonMessages;
import dev.waltap.output.OutputRequest;
import dev.waltap.output.StreamOutput;
import dev.waltap.testdata.TestDatabase;
import dev.waltap.testdata.broker.Broker;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** How fast rows go to a file, by HTTP and to Kafka: prints a table, and judges nothing. */
@Tag("slow")
@EnabledIfSystemProperty(named = "waltap.output.rows", matches = "\\d+")
class OutputSpeedTest {
  private static final int ROUNDS = 4;
  private final long rows = Long.getLong("waltap.output.rows", 0);

  /** Opens an output of its own for each round. */
  private interface Opening {
    Opened open(int round) throws Exception;
  }

  private record Opened(ChangesHandler handler, AutoCloseable closing) {}

  @Test
  void printsWhatABootstrapTakes() throws Exception {
    try (TestDatabase database = TestDatabase.create();
        Connection writer = database.open();
        Broker broker = Broker.started()) {
      TestDatabase.execute(
          writer,
          "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, mail TEXT, score REAL, n INT)",
          "WITH RECURSIVE s(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM s LIMIT "
              + rows
              + ") INSERT INTO customer SELECT i, 'customer ' || i, 'c' || i || '@example.org',"
              + " i * 0.5, i % 100 FROM s");
      measure("no output", database, round -> new Opened(changes -> {}, () -> {}));
      measure(
          "JSON to nowhere",
          database,
          round ->
              new Opened(
                  new JsonLinesHandler(OutputStream.nullOutputStream(), BlobFormat.HEX), () -> {}));
      measure(
          "JSON to a file, synced",
          database,
          round -> {
            FileOutput file = FileOutput.open(database.directory().resolve("out" + round));
            return new Opened(new JsonLinesHandler(file, BlobFormat.HEX), file);
          });
      HttpServer server = receiver();
      try {
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        measure("HTTP, batches of 256", database, round -> http(address));
        batchSize = 5_000;
        measure("HTTP, batches of 5,000", database, round -> http(address));
      } finally {
        server.stop(0);
      }
      for (int size : new int[] {256, 5_000}) {
        batchSize = size;
        measure(
            "Kafka, exactly once, batches of " + size,
            database,
            round -> kafka(broker.address(), "db" + size + "-" + round));
      }
    }
  }

  private int batchSize = 256;

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

  /** The last of several rounds, as compiled as it gets. */
  private void measure(String what, TestDatabase database, Opening opening) throws Exception {
    long nanos = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Opened opened = opening.open(round);
      AtomicLong seen = new AtomicLong();
      try (AutoCloseable closing = opened.closing()) {
        long begun = System.nanoTime();
        bootstrap(database.path(), new Counting(opened.handler(), seen));
        nanos = System.nanoTime() - begun;
      }
      assertThat(seen.get()).isGreaterThanOrEqualTo(rows);
    }
    System.out.printf(
        Locale.ROOT, "| %s | %,d | %.2f |%n", what, rows * 1_000_000_000L / nanos, nanos / 1e9);
  }

  private void bootstrap(Path database, ChangesHandler handler) {
    try (ChangeDataCapture capture =
        Waltap.open(database).noState().batchSize(batchSize).handler(handler).build()) {
      capture.bootstrap();
    }
  }

  private record Counting(ChangesHandler to, AtomicLong seen) implements ChangesHandler {
    @Override
    public void handleChanges(List<Change> changes) throws Exception {
      to.handleChanges(changes);
      seen.addAndGet(changes.size());
    }

    @Override
    public void flush() throws Exception {
      to.flush();
    }
  }
}
