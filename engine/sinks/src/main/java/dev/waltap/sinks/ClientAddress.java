// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import dev.waltap.handler.Secrets;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code SCHEME://[USER[:PASSWORD]@]HOST[:PORT][,HOST[:PORT]…][/PATH]}.
 *
 * @param scheme in lower case
 * @param user null for none; characters that are special in addresses are written as % and two
 *     digits, here and in the password
 * @param password null for none
 * @param hosts one or more
 * @param path what follows the hosts and a slash
 */
record ClientAddress(
    String scheme,
    @Nullable String user,
    @Nullable String password,
    List<Host> hosts,
    String path) {

  private static final int MAX_PORT = 65_535;

  /** A server. */
  record Host(String name, int port) {
    @Override
    public String toString() {
      return name + ":" + port;
    }
  }

  /**
   * Reads an address.
   *
   * @param usualPort where none is given
   * @throws IllegalArgumentException if it is none; the message repeats nothing of it
   */
  static ClientAddress parse(String text, int usualPort) {
    int start = text.indexOf("://");
    if (start < 0) {
      throw bad(text);
    }
    String rest = text.substring(start + 3);
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    int at = authority.lastIndexOf('@');
    String info = at < 0 ? null : authority.substring(0, at);
    int colon = info == null ? -1 : info.indexOf(':');
    List<Host> hosts = new ArrayList<>();
    for (String host : authority.substring(at + 1).split(",", -1)) {
      hosts.add(host(host, usualPort, text));
    }
    return new ClientAddress(
        text.substring(0, start).toLowerCase(Locale.ROOT),
        info == null ? null : decoded(colon < 0 ? info : info.substring(0, colon), text),
        info == null || colon < 0 ? null : decoded(info.substring(colon + 1), text),
        List.copyOf(hosts),
        slash < 0 ? "" : rest.substring(slash + 1));
  }

  private static Host host(String text, int usualPort, String address) {
    int colon = text.lastIndexOf(':');
    boolean hasPort = colon > text.lastIndexOf(']');
    String name = hasPort ? text.substring(0, colon) : text;
    if (!name.matches("[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]")) {
      throw bad(address);
    }
    try {
      int port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : usualPort;
      if (port > 0 && port <= MAX_PORT) {
        return new Host(name, port);
      }
    } catch (NumberFormatException e) {
      throw bad(address);
    }
    throw bad(address);
  }

  private static String decoded(String text, String address) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw bad(address);
    }
  }

  private static IllegalArgumentException bad(String text) {
    int end = Math.max(0, text.indexOf(':'));
    return new IllegalArgumentException(
        "the address is none of a server: write "
            + text.substring(0, end)
            + "://HOST:PORT, or USER:PASSWORD@ before the host, with what is special in addresses"
            + " as % and two digits");
  }

  /** Whether it asks for TLS. */
  boolean isTls() {
    return scheme.equals("rediss") || scheme.endsWith("+tls");
  }

  /** What no message may repeat. */
  Secrets secrets() {
    List<String> values = new ArrayList<>();
    for (String each : new String[] {user, password}) {
      if (each != null) {
        values.add(each);
      }
    }
    return Secrets.of(values);
  }

  /** Without what is not for everybody. */
  @Override
  public String toString() {
    return scheme + "://" + String.join(",", hosts.stream().map(Host::toString).toList());
  }
}
