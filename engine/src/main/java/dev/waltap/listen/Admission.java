// SPDX-License-Identifier: Apache-2.0
package dev.waltap.listen;

import com.sun.net.httpserver.HttpExchange;
import dev.waltap.host.RequestAccess;
import org.jspecify.annotations.Nullable;

/** Which requests for events are served. For any thread. */
final class Admission {
  /** Why a request is refused. */
  record Refusal(int status, String why) {}

  private volatile RequestAccess access;

  Admission(@Nullable String token) {
    access = new RequestAccess(token);
  }

  /** Asks for another token from now on. */
  void token(String token) {
    access = new RequestAccess(token);
  }

  /** Null for a request to be served. */
  @Nullable Refusal refuse(HttpExchange exchange) {
    RequestAccess now = access;
    if (now.wantsToken()) {
      String sent = RequestAccess.bearer(exchange.getRequestHeaders().getFirst("Authorization"));
      if (sent == null || !now.isToken(sent)) {
        return new Refusal(401, "send the token, as Authorization: Bearer TOKEN");
      }
    } else if (!RequestAccess.isLoopback(exchange.getRequestHeaders().getFirst("Host"))) {
      return new Refusal(403, "use the address http://127.0.0.1 or http://localhost");
    }
    if (!exchange.getRequestURI().getPath().equals("/changes")) {
      return new Refusal(404, "changes are at /changes");
    }
    return exchange.getRequestMethod().equals("GET")
        ? null
        : new Refusal(405, "changes can be read only: GET");
  }
}
