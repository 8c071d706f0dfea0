// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may read the events: with a token, those who send it; without one, those who name this
 * machine by its loopback. A page of somebody's, shown in a browser here, would name its own host.
 */
final class Admission {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String BEARER = "bearer ";

  /** Why a request is refused. */
  record Refusal(int status, String why) {}

  private final byte @Nullable [] token;

  Admission(@Nullable String token) {
    this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
  }

  /** Null for a request to be served. */
  @Nullable Refusal refuse(HttpExchange exchange) {
    if (token != null && !isAuthorized(exchange, token)) {
      return new Refusal(401, "send the token, as Authorization: Bearer TOKEN");
    }
    if (token == null && !LOOPBACK.contains(host(exchange))) {
      return new Refusal(403, "use the address http://127.0.0.1 or http://localhost");
    }
    if (!exchange.getRequestURI().getPath().equals("/changes")) {
      return new Refusal(404, "changes are at /changes");
    }
    return exchange.getRequestMethod().equals("GET")
        ? null
        : new Refusal(405, "changes can be read only: GET");
  }

  private static boolean isAuthorized(HttpExchange exchange, byte[] token) {
    String sent = exchange.getRequestHeaders().getFirst("Authorization");
    if (sent == null || !sent.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return false;
    }
    byte[] given = sent.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(token, given);
  }

  private static String host(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    return host == null ? "" : host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
  }
}
