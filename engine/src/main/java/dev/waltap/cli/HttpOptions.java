// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.handler.Secrets;
import dev.waltap.http.HttpBatch;
import dev.waltap.http.HttpHandler;
import dev.waltap.http.HttpSignature;
import dev.waltap.http.HttpTarget;
import dev.waltap.http.PemTls;
import dev.waltap.io.FileNames;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * How batches are posted. No message repeats a header, nor an address's user, password or query.
 */
final class HttpOptions {

  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  private static final int DEFAULT_RETRIES = 10;
  private static final String FOR_HTTP = "For HTTP: ";
  private static final List<String> OF_ATTEMPTS = List.of("--timeout", "--max-retries");
  private static final List<String> OF_REQUESTS = List.of("--header", "--hmac-key");
  private static final List<String> OF_TLS = List.of("--cacert", "--cert", "--key");

  @Option(
      names = "--header",
      paramLabel = "'NAME: VALUE'|@FILE",
      description =
          FOR_HTTP
              + "a header of each request, or a file of them, one a line; repeatable. Everybody on"
              + " this machine can read a command line: keep secrets in a file or WALTAP_HEADER.")
  private volatile List<String> headers = new ArrayList<>();

  @Option(
      names = "--hmac-key",
      paramLabel = "@FILE",
      description =
          FOR_HTTP
              + "sign each request: Waltap-Signature is 'sha256=' and the HMAC-SHA256, in hex, of"
              + " Waltap-Timestamp, '.' and the body, by the key in this file, without line feeds"
              + " at its end. WALTAP_HMAC_KEY and --config may have the key itself.")
  private volatile @Nullable String hmacKey;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description =
          "For HTTP and brokers: how long an attempt may take, as 500ms, 10s, 2m (30s; brokers 10s).")
  private @Nullable Duration timeout;

  @Option(
      names = "--max-retries",
      paramLabel = "N|unlimited",
      converter = Retries.class,
      description =
          "For HTTP and brokers: how many times to retry what may be temporary (10; brokers"
              + " unlimited).")
  private @Nullable Integer maxRetries;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      description = "For TLS: certificates (PEM) to trust instead of the usual authorities.")
  private @Nullable Path authorities;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "For TLS: a client certificate (PEM), with what leads to its authority.")
  private @Nullable Path certificate;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "For TLS: its private key (PEM), where it is not in the same file.")
  private @Nullable Path key;

  /** How often to try again: a number, or {@code unlimited}. */
  static final class Retries implements picocli.CommandLine.ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      if (text.equalsIgnoreCase("unlimited")) {
        return HttpTarget.UNLIMITED;
      }
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + text + "' is neither a number nor 'unlimited'");
      }
    }
  }

  /** What all handlers send, of now. */
  private final AtomicReference<@Nullable Credentials> credentials = new AtomicReference<>();

  /**
   * What lets a request pass, and may change while a capture runs.
   *
   * @param key signs each request; null for none
   */
  private record Credentials(List<HttpTarget.Header> headers, @Nullable String key) {

    HttpTarget target(URI address, Duration timeout, int retries) {
      return new HttpTarget(
          address,
          headers,
          timeout,
          retries,
          key == null ? null : new HttpSignature(key.getBytes(StandardCharsets.UTF_8)));
    }
  }

  static boolean isAddress(String output) {
    String start = output.toLowerCase(Locale.ROOT);
    return start.startsWith("http:") || start.startsWith("https:");
  }

  /** How long an attempt may take; null if that was not said. */
  @Nullable Duration timeout() {
    return timeout;
  }

  /** How often to try again; null if that was not said. */
  @Nullable Integer maxRetries() {
    return maxRetries;
  }

  /**
   * Refuses options on the command line that would do nothing.
   *
   * @param http whether there is such an output
   * @param tls whether there is another that may use TLS by these options
   * @param attempts whether there is another that tries again
   */
  void refuseFor(ShellCommand command, boolean http, boolean tls, boolean attempts) {
    if (!http) {
      refuse(command, OF_REQUESTS);
    }
    if (!http && !tls) {
      refuse(command, OF_TLS);
    }
    if (!http && !attempts) {
      refuse(command, OF_ATTEMPTS);
    }
  }

  private static void refuse(ShellCommand command, List<String> names) {
    for (String name : names) {
      if (command.isTyped(name)) {
        throw command.usage(name + " is for HTTP: give --output http(s)://...");
      }
    }
  }

  /**
   * A handler that posts to this address.
   *
   * @throws IllegalArgumentException for a bad address or header
   * @throws IOException if a file that is named can't be used
   */
  HttpHandler open(String address, ShellCommand command, HttpBatch.Format format, Console console)
      throws IOException {
    Credentials now = current(command, console);
    URI uri = HttpTarget.address(address);
    Duration patience = timeout == null ? DEFAULT_TIMEOUT : timeout;
    int retries = maxRetries == null ? DEFAULT_RETRIES : maxRetries;
    HttpTarget target = now.target(uri, patience, retries);
    console.hide(target.secrets());
    return new HttpHandler(
        targets(now, target, uri, patience, retries), format, tls(), console::outputWarning);
  }

  private Supplier<HttpTarget> targets(
      Credentials first, HttpTarget target, URI uri, Duration patience, int retries) {
    return new Supplier<>() {
      private Credentials made = first;
      private HttpTarget last = target;

      @Override
      public HttpTarget get() {
        Credentials now = credentials.get();
        if (now != null && !now.equals(made)) {
          last = now.target(uri, patience, retries);
          made = now;
        }
        return last;
      }
    };
  }

  /**
   * What all handlers send: read by the first one, so that one that is opened later takes neither
   * half of an edited file nor the place of what SIGHUP made of it.
   */
  private Credentials current(ShellCommand command, Console console) throws IOException {
    Credentials known = credentials.get();
    if (known != null) {
      return known;
    }
    Credentials read = credentials(command, console);
    Credentials other = credentials.compareAndExchange(null, read);
    return other == null ? read : other;
  }

  private Credentials credentials(ShellCommand command, Console console) throws IOException {
    SecretOption option = new SecretOption("--hmac-key", "key");
    String secret = hmacKey == null ? null : option.read(hmacKey, command);
    if (secret != null) {
      console.hide(Secrets.of(List.of(secret)));
    }
    return new Credentials(headers(), secret);
  }

  /**
   * Reads headers and key again, as other options say it.
   *
   * @return makes all handlers, open ones and later ones, send them
   * @throws IOException if a file that is named can't be used
   */
  Runnable renewal(HttpOptions other, ShellCommand command, Console console) throws IOException {
    if (credentials.get() == null) {
      return () -> {};
    }
    Credentials read = other.credentials(command, console);
    return () -> {
      headers = other.headers;
      hmacKey = other.hmacKey;
      credentials.set(read);
    };
  }

  /** Whom to trust, and who we are; null where that was not said. */
  @Nullable SSLContext tls() throws IOException {
    if (key != null && certificate == null) {
      throw new IllegalArgumentException("--key needs the certificate that it is for: --cert FILE");
    }
    return authorities == null && certificate == null
        ? null
        : PemTls.context(authorities, certificate, key);
  }

  private List<HttpTarget.Header> headers() throws IOException {
    List<HttpTarget.Header> parsed = new ArrayList<>();
    for (String header : headers) {
      if (header.startsWith("@")) {
        parsed.addAll(headersOf(OptionConverters.path(header.substring(1))));
      } else {
        parsed.add(HttpTarget.Header.parse(header));
      }
    }
    return parsed;
  }

  private static List<HttpTarget.Header> headersOf(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(line -> !line.isBlank()).map(HttpTarget.Header::parse).toList();
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file of headers " + FileNames.text(file), e);
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new IOException(
          "can't read the headers in " + FileNames.text(file) + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("in " + FileNames.text(file) + ", " + e.getMessage(), e);
    }
  }
}
