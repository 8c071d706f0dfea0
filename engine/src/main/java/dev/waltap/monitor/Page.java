// SPDX-License-Identifier: Apache-2.0
package dev.waltap.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The one file that the live page is: read when it is first asked for. Its policy lets a browser
 * run exactly the script, and apply exactly the style, that stand in it. For any thread.
 */
final class Page {
  private static final String FILE = "page.html";

  private @Nullable Content content;

  private record Content(String html, String policy) {}

  byte[] bytes() {
    return content().html.getBytes(StandardCharsets.UTF_8);
  }

  /** The value of {@code Content-Security-Policy}. */
  String policy() {
    return content().policy;
  }

  private synchronized Content content() {
    Content read = content;
    if (read == null) {
      read = read();
      content = read;
    }
    return read;
  }

  private static Content read() {
    try (InputStream in = Page.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing beside " + Page.class);
      }
      String html = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String policy =
          "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none';"
              + " form-action 'none'; frame-ancestors 'none'; style-src "
              + hash(between(html, "<style>", "</style>"))
              + "; script-src "
              + hash(between(html, "<script>", "</script>"));
      return new Content(html, policy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String between(String html, String start, String end) {
    int from = html.indexOf(start) + start.length();
    return html.substring(from, html.indexOf(end, from));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // Every JVM has it.
    }
  }
}
