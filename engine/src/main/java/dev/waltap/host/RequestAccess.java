// SPDX-License-Identifier: Apache-2.0
package dev.waltap.host;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask a server of ours, by what the headers of a request say. With a token, whoever sends
 * it; without one, whoever is on this computer, but not the page of a stranger whose name was made
 * to lead here: the request must be for a name of the loopback.
 *
 * <p>Immutable; for any thread.
 */
public final class RequestAccess {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String BEARER = "bearer ";

  private final byte @Nullable [] token;

  /**
   * A check.
   *
   * @param token what has to be sent; null for none
   */
  public RequestAccess(@Nullable String token) {
    this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether a token is asked for. */
  public boolean wantsToken() {
    return token != null;
  }

  /** Whether this is the token. Takes the same time for any other of the same length. */
  public boolean isToken(String offered) {
    return token != null && MessageDigest.isEqual(offered.getBytes(StandardCharsets.UTF_8), token);
  }

  /**
   * The token that a request sends.
   *
   * @param authorization its header of this name
   * @return null if it sends none
   */
  public static @Nullable String bearer(@Nullable String authorization) {
    return authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)
        ? authorization.substring(BEARER.length()).strip()
        : null;
  }

  /**
   * Whether the name that a request is for is one of this computer alone.
   *
   * @param host its header of this name, with a port or without
   */
  public static boolean isLoopback(@Nullable String host) {
    return LOOPBACK.contains(name(host));
  }

  /** The name that a request is for, in lower case, without its port; empty for none. */
  public static String name(@Nullable String host) {
    return host == null ? "" : host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
  }
}
