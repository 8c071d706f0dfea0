// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer, which is written whole and is never long. Headers that every answer has
 * are set here. For the thread that handles it.
 */
final class Exchange {
  private static final int WORTH_COMPRESSING = 2048;

  private final HttpExchange http;

  Exchange(HttpExchange http) {
    this.http = http;
    Headers headers = http.getResponseHeaders();
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  }

  String path() {
    return String.valueOf(http.getRequestURI().getPath());
  }

  /** Whether nothing is asked to be done: this server only shows. */
  boolean isReading() {
    return http.getRequestMethod().equals("GET") || isHead();
  }

  private boolean isHead() {
    return http.getRequestMethod().equals("HEAD");
  }

  Headers headers() {
    return http.getRequestHeaders();
  }

  String header(String name) {
    return Optional.ofNullable(headers().getFirst(name)).orElse("");
  }

  void set(String header, String value) {
    http.getResponseHeaders().set(header, value);
  }

  /** A parameter of the address, decoded; null if it is not there. */
  @Nullable String parameter(String name) {
    String query = http.getRequestURI().getRawQuery();
    if (query == null) {
      return null;
    }
    for (String pair : query.split("&")) {
      if (pair.startsWith(name + "=")) {
        try {
          return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
          return null;
        }
      }
    }
    return null;
  }

  /** The number that a parameter is; what is none is the other. */
  long number(String name, long otherwise) {
    String text = parameter(name);
    try {
      return text == null ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  void text(int status, String text) throws IOException {
    send(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  void json(int status, String text) throws IOException {
    send(status, "application/json", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers, compressed if that is understood and worth it. */
  void send(int status, String type, byte[] body) throws IOException {
    set("Content-Type", type);
    byte[] sent = body;
    if (body.length >= WORTH_COMPRESSING && understandsGzip()) {
      set("Content-Encoding", "gzip");
      sent = compressed(body);
    }
    set("Vary", "Accept, Accept-Encoding, Cookie, Authorization");
    if (isHead()) {
      set("Content-Length", Integer.toString(sent.length));
    }
    http.sendResponseHeaders(status, isHead() || sent.length == 0 ? -1 : sent.length);
    try (OutputStream out = http.getResponseBody()) {
      if (!isHead()) {
        out.write(sent);
      }
    }
  }

  private boolean understandsGzip() {
    return header("Accept-Encoding").toLowerCase(Locale.ROOT).contains("gzip");
  }

  private static byte[] compressed(byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 4);
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(body);
    }
    return bytes.toByteArray();
  }

  /** Sends a browser to another address. */
  void redirect(String location) throws IOException {
    set("Location", location);
    http.sendResponseHeaders(303, -1);
  }
}
