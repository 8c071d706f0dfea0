// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import dev.waltap.handler.Causes;
import dev.waltap.json.JsonText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Why a request failed, for people; the libraries' own words are for those who know TLS. */
final class HttpFailures {

  private HttpFailures() {}

  /**
   * What became of an attempt that got no answer, after the address.
   *
   * @param tls whether it was by https
   */
  static String explain(IOException e, boolean tls) {
    if (e instanceof HttpTimeoutException) {
      return "failed: " + e.getMessage();
    }
    if (has(UnresolvedAddressException.class, e)) {
      return "failed: there is no host of this name, or no name service";
    }
    if (has(SSLException.class, e)) {
      return "failed: " + tls(e);
    }
    if (e instanceof ConnectException) {
      return "failed: "
          + (e.getMessage() != null ? e.getMessage() : "nothing answers there")
          + ", is it running?";
    }
    String message = JsonText.oneLine(String.valueOf(e.getMessage()));
    if (message.contains("received no bytes")) {
      return "failed: the connection was closed without an answer"
          + (tls ? ", as by one that wants a client certificate: --cert FILE and --key FILE" : "");
    }
    return "failed: " + (e.getMessage() == null ? e.getClass().getSimpleName() : message);
  }

  private static String tls(IOException e) {
    String message = JsonText.oneLine(String.valueOf(e.getMessage()));
    if (has(CertificateExpiredException.class, e)) {
      return "its certificate has expired: renew it there, or set this machine's clock";
    }
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("subject alternative") || lower.contains("no name matching")) {
      return "its certificate is for another host than the address names ("
          + message
          + "): use a name that is in it";
    }
    if (has(CertPathValidatorException.class, e) || lower.contains("certification path")) {
      return "its certificate is not from an authority that is trusted here: if it is your own,"
          + " name its certificate by --cacert FILE";
    }
    if (has(CertificateException.class, e)) {
      return "its certificate can't be accepted: " + message;
    }
    if (lower.contains("unsupported or unrecognized ssl message")) {
      return "it does not speak TLS there: is it http:// rather than https://?";
    }
    if (lower.contains("fatal alert")) {
      return "it refused the TLS connection, perhaps for lack of a client certificate that it"
          + " accepts ("
          + message
          + "): give one by --cert FILE and --key FILE";
    }
    return "no TLS connection: " + message;
  }

  private static boolean has(Class<? extends Throwable> type, Throwable failure) {
    return Causes.find(type, failure) != null;
  }
}
