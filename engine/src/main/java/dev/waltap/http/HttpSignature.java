// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests with a key that the receiver has, too. {@code Waltap-Timestamp} is when the
 * request was made, in seconds since 1970; {@code Waltap-Signature} is {@code sha256=} and, in
 * lower-case hexadecimal digits, the HMAC-SHA256 of the timestamp's digits, a full stop, and the
 * body. Each attempt has a signature of its own, so a receiver can refuse what is old. Immutable.
 */
public final class HttpSignature {
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  /**
   * Signatures by this key.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public HttpSignature(byte[] key) {
    if (key.length == 0) {
      throw new IllegalArgumentException("the key to sign requests with is empty");
    }
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** The headers for a request that is made now. */
  List<HttpTarget.Header> headers(HttpBody body) throws IOException {
    return headers(body, Instant.now().getEpochSecond());
  }

  private List<HttpTarget.Header> headers(HttpBody body, long seconds) throws IOException {
    String timestamp = String.valueOf(seconds);
    Mac mac = mac();
    mac.update((timestamp + ".").getBytes(StandardCharsets.US_ASCII));
    body.writeTo(new Digesting(mac));
    return List.of(
        new HttpTarget.Header("Waltap-Timestamp", timestamp),
        new HttpTarget.Header(
            "Waltap-Signature", "sha256=" + HexFormat.of().formatHex(mac.doFinal())));
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /** Gives what is written to the digest only. */
  private static final class Digesting extends OutputStream {
    private final Mac mac;

    Digesting(Mac mac) {
      this.mac = mac;
    }

    @Override
    public void write(int b) {
      mac.update((byte) b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      mac.update(bytes, offset, length);
    }
  }
}
