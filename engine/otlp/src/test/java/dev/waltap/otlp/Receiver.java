// SPDX-License-Identifier: Apache-2.0
package dev.waltap.otlp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Takes what is sent by OTLP over HTTP. */
final class Receiver implements AutoCloseable {
  final BlockingQueue<ExportMetricsServiceRequest> requests = new LinkedBlockingQueue<>();
  private final HttpServer server;
  private volatile int status = 200;

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext("/v1/metrics", this::handle);
    server.start();
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/metrics");
  }

  void answerWith(int code) {
    status = code;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      ExportMetricsServiceRequest request =
          ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody());
      int code = status;
      exchange.sendResponseHeaders(code, -1);
      if (code == 200) {
        requests.add(request);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
