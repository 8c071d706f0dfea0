// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import com.sun.net.httpserver.Headers;
import dev.waltap.host.HostAddress;
import dev.waltap.host.RequestAccess;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. With a token, whoever sends it: as {@code Authorization: Bearer}, or once as {@code
 * ?token=} by a browser, which gets a cookie for it. The cookie is not the token, and worth nothing
 * once this process has ended.
 *
 * <p>Without a token, whoever is on this computer: see {@link RequestAccess}.
 *
 * <p>Immutable; for any thread.
 */
final class AccessCheck {
  private final RequestAccess access;
  private final String cookieName;
  private final byte[] cookie;
  private final String ownAddress;

  /**
   * A check.
   *
   * @param token what is asked for; null for none
   * @param own where the server listens
   * @param port that it listens at: cookies are shared by all ports of a computer
   */
  AccessCheck(@Nullable String token, InetAddress own, int port) {
    this.access = new RequestAccess(token);
    this.cookieName = "waltap-" + port;
    this.cookie = ascii(token == null ? "" : signature(token));
    this.ownAddress = HostAddress.text(own);
  }

  private static String signature(String token) {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(token.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // Every JVM has it.
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether a token is asked for. */
  boolean wantsToken() {
    return access.wantsToken();
  }

  /** Whether the name that the request is for is one that leads here by right. */
  boolean isForThisComputer(Headers headers) {
    String host = headers.getFirst("Host");
    return RequestAccess.isLoopback(host) || RequestAccess.name(host).equals(ownAddress);
  }

  /** Whether whoever sent these headers may read. */
  boolean isKnown(Headers headers) {
    if (!access.wantsToken()) {
      return isForThisComputer(headers);
    }
    String sent = RequestAccess.bearer(headers.getFirst("Authorization"));
    return sent == null ? hasCookie(headers) : access.isToken(sent);
  }

  private boolean hasCookie(Headers headers) {
    List<String> lines = headers.getOrDefault("Cookie", List.of());
    boolean found = false;
    for (String line : lines) {
      for (String pair : line.split(";")) {
        int equal = pair.indexOf('=');
        if (equal > 0 && pair.substring(0, equal).strip().equals(cookieName)) {
          found |= MessageDigest.isEqual(ascii(pair.substring(equal + 1).strip()), cookie);
        }
      }
    }
    return found;
  }

  /** Whether this is the token. Takes the same time for any other of the same length. */
  boolean isToken(String offered) {
    return access.isToken(offered);
  }

  /** What makes a browser known from now on. */
  String setCookie() {
    return cookieName
        + "="
        + new String(cookie, StandardCharsets.US_ASCII)
        + "; Path=/; HttpOnly; SameSite=Lax";
  }
}
