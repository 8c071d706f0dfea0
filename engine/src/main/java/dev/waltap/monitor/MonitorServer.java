// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.waltap.host.HostAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code /metrics}, {@code /health}, {@code /ready} and the live page at {@code /}, on
 * threads of its own, which there are only while somebody asks. Nothing that is asked for changes
 * anything. A client that is slow, or does not read at all, holds one of these threads until the
 * time for an answer is over; no capture ever waits for it.
 *
 * <p>Whoever opened it closes it; for any thread.
 */
public final class MonitorServer implements Closeable {

  /** Those who watch the page hold some, and must leave others for who measures. */
  private static final int THREADS = 24;

  private static final int PAGES = 16;
  private static final long IDLE_SECONDS = 10;
  private static final int BACKLOG = 50;

  /** Seconds after which the JDK's server gives up a request that does not come, or an answer. */
  private static final String PATIENCE = "30";

  private final HttpServer server;
  private final ThreadPoolExecutor threads;
  private final MetricsText metrics;
  private final Health health;
  private final PageAnswers page;
  private volatile AccessCheck access;

  private MonitorServer(HttpServer server, MonitorSettings settings, Monitor monitor) {
    this.server = server;
    this.threads = threads();
    this.metrics = new MetricsText(monitor, settings.version());
    this.health = new Health(monitor, settings.bound());
    this.page = new PageAnswers(monitor, settings, PAGES);
    this.access = access(settings.token());
  }

  private AccessCheck access(@Nullable String token) {
    InetSocketAddress own = server.getAddress();
    return new AccessCheck(token, own.getAddress(), own.getPort());
  }

  /**
   * Asks for this token from now on. Cookies of browsers are good for as long as it is the same.
   */
  public void token(String token) {
    if (!access.isToken(token)) {
      access = access(token);
    }
  }

  /**
   * Begins to answer.
   *
   * @throws IOException if the address can't be used; the message says what to do
   */
  public static MonitorServer open(MonitorSettings settings, Monitor monitor) throws IOException {
    limit("sun.net.httpserver.maxReqTime");
    limit("sun.net.httpserver.maxRspTime");
    InetSocketAddress address = settings.address();
    MonitorServer opened;
    try {
      opened = new MonitorServer(HttpServer.create(address, BACKLOG), settings, monitor);
    } catch (BindException e) {
      throw new IOException(
          "port "
              + address.getPort()
              + " of "
              + address.getHostString()
              + " can't be listened at: "
              + e.getMessage()
              + ": choose another --metrics-port, or 0 for one that is free",
          e);
    }
    opened.server.setExecutor(opened.threads);
    opened.server.createContext("/", opened::handle);
    opened.server.start();
    return opened;
  }

  /** Read once by the JDK, before the first server of the process. */
  private static void limit(String property) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, PATIENCE);
    }
  }

  private static ThreadPoolExecutor threads() {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "waltap-monitor-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Where the page is: {@code http://127.0.0.1:9090/}. */
  public String address() {
    return "http://" + HostAddress.text(server.getAddress()) + "/";
  }

  private void handle(HttpExchange http) throws IOException {
    try (http) {
      Exchange exchange = new Exchange(http);
      if (!exchange.isReading()) {
        exchange.set("Allow", "GET, HEAD");
        exchange.text(405, "only GET is answered here\n");
      } else if (exchange.parameter("token") != null && access.wantsToken()) {
        admit(exchange);
      } else {
        answer(exchange, access.isKnown(exchange.headers()));
      }
    }
  }

  /** A browser that brings the token gets a cookie, and an address without the token. */
  private void admit(Exchange exchange) throws IOException {
    String offered = exchange.parameter("token");
    if (offered != null && access.isToken(offered)) {
      exchange.set("Set-Cookie", access.setCookie());
      exchange.redirect("/");
    } else {
      refuse(exchange);
    }
  }

  private void refuse(Exchange exchange) throws IOException {
    if (access.wantsToken()) {
      exchange.set("WWW-Authenticate", "Bearer realm=\"waltap\"");
      exchange.text(
          401, "send the token, as 'Authorization: Bearer TOKEN', or open /?token=TOKEN once\n");
    } else {
      exchange.text(403, "only requests for localhost are answered here\n");
    }
  }

  private void answer(Exchange exchange, boolean known) throws IOException {
    switch (exchange.path()) {
      // What kills and routes has no token to send, and learns no more than that.
      case "/health" -> send(exchange, health.health(known));
      case "/ready" -> send(exchange, health.ready(known));
      default -> {
        if (known) {
          show(exchange);
        } else {
          refuse(exchange);
        }
      }
    }
  }

  private static void send(Exchange exchange, Health.Answer answer) throws IOException {
    exchange.json(answer.status(), answer.body());
  }

  private void show(Exchange exchange) throws IOException {
    switch (exchange.path()) {
      case "/" -> page.page(exchange);
      case "/live" -> page.live(exchange);
      case "/metrics" -> {
        String type = MetricsText.contentType(exchange.header("Accept"));
        exchange.send(200, type, metrics.scrape(type).getBytes(UTF_8));
      }
      default -> exchange.text(404, "there are /, /metrics, /health and /ready\n");
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    metrics.close();
  }
}
