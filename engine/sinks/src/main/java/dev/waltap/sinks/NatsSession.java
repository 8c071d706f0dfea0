// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A connection with NATS. Messages are published one behind the other, and their acknowledgements
 * awaited together; the header {@code Nats-Msg-Id} lets the server leave out what it has. It never
 * connects again by itself: what it would send then could overtake what was lost.
 */
final class NatsSession implements Session {

  /** Messages whose acknowledgements are awaited together. */
  private static final int TOGETHER = 256;

  /** What a message has beside its value, more than that. */
  private static final int HEADER_BYTES = 1024;

  private static final int TOO_LARGE = 10054;

  private static final String NO_STREAM =
      "the connection was lost, or no stream of JetStream takes this subject: make one, as by 'nats"
          + " stream add'";

  private final Connection connection;
  private final JetStream stream;
  private final Duration timeout;

  private NatsSession(Connection connection, JetStream stream, Duration timeout) {
    this.connection = connection;
    this.stream = stream;
    this.timeout = timeout;
  }

  static NatsSession open(ClientAddress address, @Nullable SSLContext tls, Duration timeout)
      throws IOException, InterruptedException {
    Connection connection;
    try {
      connection = Nats.connect(options(address, tls, timeout));
    } catch (AuthenticationException e) {
      throw new RefusedException(
          "does not accept user and password, or the token: write them before the host, as"
              + " USER:PASSWORD@ or TOKEN@ ("
              + e.getMessage()
              + ")",
          e);
    } catch (IOException e) {
      throw new IOException(
          "is not reached: is it running, is the address right? (" + e.getMessage() + ")", e);
    }
    JetStreamOptions options = JetStreamOptions.builder().requestTimeout(timeout).build();
    return new NatsSession(connection, connection.jetStream(options), timeout);
  }

  private static Options options(
      ClientAddress address, @Nullable SSLContext tls, Duration timeout) {
    String scheme = address.isTls() ? "tls://" : "nats://";
    Options.Builder options =
        new Options.Builder()
            .servers(address.hosts().stream().map(host -> scheme + host).toArray(String[]::new))
            .connectionName("waltap")
            .connectionTimeout(timeout)
            .noReconnect()
            .errorListener(new ErrorListener() {}); // What matters comes with the messages.
    String user = address.user();
    String password = address.password();
    if (user != null && password != null) {
      options.userInfo(user.toCharArray(), password.toCharArray());
    } else if (user != null) {
      options.token(user.toCharArray());
    }
    if (address.isTls()) {
      try {
        options.sslContext(tls == null ? SSLContext.getDefault() : tls);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has TLS", e);
      }
    }
    return options.build();
  }

  @Override
  public void send(List<Message> messages) throws IOException, InterruptedException {
    for (int from = 0; from < messages.size(); from += TOGETHER) {
      publish(messages.subList(from, Math.min(messages.size(), from + TOGETHER)));
    }
  }

  private void publish(List<Message> messages) throws IOException, InterruptedException {
    List<CompletableFuture<PublishAck>> acknowledgements = new ArrayList<>(messages.size());
    for (Message message : messages) {
      if (message.value().length > connection.getMaxPayload() - HEADER_BYTES) {
        throw new RefusedException(
            "takes no message of "
                + message.value().length
                + " bytes, as for "
                + message.topic()
                + ": raise its max_payload",
            null);
      }
      try {
        acknowledgements.add(
            stream.publishAsync(
                NatsMessage.builder()
                    .subject(message.topic())
                    .headers(headers(message))
                    .data(message.value())
                    .build()));
      } catch (IllegalStateException e) {
        throw new IOException("is gone: " + e.getMessage(), e);
      }
    }
    for (int i = 0; i < messages.size(); i++) {
      await(acknowledgements.get(i), messages.get(i));
    }
  }

  private static Headers headers(Message message) {
    Headers headers = new Headers();
    headers.put("Nats-Msg-Id", message.id());
    if (message.key() != null) {
      headers.put("Waltap-Key", ascii(new String(message.key(), StandardCharsets.UTF_8)));
    }
    return headers;
  }

  /** JSON with escapes for what a header can't have. */
  private static String ascii(String json) {
    StringBuilder text = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      text.append(c < 0x7f ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
    }
    return text.toString();
  }

  private void await(CompletableFuture<PublishAck> acknowledgement, Message message)
      throws IOException, InterruptedException {
    try {
      acknowledgement.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("does not answer in time", e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause(), message);
    } catch (CancellationException e) {
      throw new IOException("did not take " + message.topic() + ": " + NO_STREAM, e);
    }
  }

  private static IOException failure(Throwable cause, Message message) {
    if (cause instanceof JetStreamApiException api) {
      String text = "refuses " + message.topic() + ": " + api.getMessage();
      return api.getApiErrorCode() == TOO_LARGE
          ? new RefusedException(text, api)
          : new IOException(text, api);
    }
    String text = String.valueOf(cause.getMessage());
    boolean missing = text.contains("503") || text.contains("No Responders");
    return new IOException(
        "did not take " + message.topic() + ": " + (missing ? NO_STREAM : text), cause);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
