// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import dev.waltap.api.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.resps.StreamEntry;

/**
 * A connection with Redis. A batch is one MULTI … EXEC of XADDs, whose ids are made of positions,
 * so that they grow with the stream of changes: an entry that is there already is not added again.
 */
final class RedisSession implements Session {

  /** Messages of one change, at most. */
  private static final int MESSAGES_OF_CHANGE = 16;

  /** The stream of changes that each key is of. */
  private static final String OWNERS = "waltap:streams";

  private static final long FRAMES = 1L << 32;

  /** What may be otherwise the next time. */
  private static final Pattern PASSING =
      Pattern.compile(
          "(OOM|EXECABORT|READONLY|LOADING|MISCONF|BUSY|MASTERDOWN|TRYAGAIN|NOREPLICAS).*",
          Pattern.DOTALL);

  private final Jedis jedis;

  /** Keys that hold entries of our stream of changes, as far as is known. */
  private final Set<String> owned = new HashSet<>();

  private RedisSession(Jedis jedis) {
    this.jedis = jedis;
  }

  static RedisSession open(
      ClientAddress address, int database, @Nullable SSLContext tls, Duration timeout)
      throws IOException {
    ClientAddress.Host host = address.hosts().get(0);
    Jedis jedis = null;
    try {
      jedis =
          new Jedis(
              new HostAndPort(host.name(), host.port()),
              config(address, database, tls, timeout).build());
      jedis.ping();
      return new RedisSession(jedis);
    } catch (JedisDataException e) {
      close(jedis);
      throw failure(
          e,
          "does not let this user in: write USER:PASSWORD@, or :PASSWORD@, before"
              + " the host ("
              + e.getMessage()
              + ")");
    } catch (JedisException e) {
      close(jedis);
      throw new IOException(
          "is not reached: is it running, is the address right? (" + message(e) + ")", e);
    }
  }

  private static void close(@Nullable Jedis jedis) {
    if (jedis != null) {
      try {
        jedis.close();
      } catch (JedisException e) {
        return; // It sends what is left in its buffer, which a lost connection can't.
      }
    }
  }

  @SuppressWarnings("deprecation") // What replaces it takes stores of keys, not contexts.
  private static DefaultJedisClientConfig.Builder config(
      ClientAddress address, int database, @Nullable SSLContext tls, Duration timeout) {
    int millis = (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(millis)
            .socketTimeoutMillis(millis)
            .database(database)
            .clientName("waltap");
    if (address.password() != null) {
      config.password(address.password());
      String user = address.user();
      if (user != null && !user.isEmpty()) {
        config.user(user);
      }
    }
    if (address.isTls()) {
      try {
        SSLContext context = tls == null ? SSLContext.getDefault() : tls;
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        config.ssl(true).sslSocketFactory(context.getSocketFactory()).sslParameters(parameters);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has TLS", e);
      }
    }
    return config;
  }

  @Override
  public void send(List<Message> messages) throws IOException {
    List<Object> results;
    try {
      Transaction transaction = jedis.multi();
      for (Message message : messages) {
        transaction.xadd(
            bytes(message.topic()), XAddParams.xAddParams().id(id(message)), fields(message));
      }
      results = transaction.exec();
      for (int i = 0; i < messages.size(); i++) {
        if (results.get(i) instanceof JedisDataException refused) {
          accept(refused, messages.get(i));
        } else {
          own(messages.get(i));
        }
      }
    } catch (JedisDataException e) {
      throw failure(e, "refuses the changes: " + e.getMessage());
    } catch (JedisException e) {
      throw new IOException("is gone: " + message(e), e);
    }
  }

  /** The id of an entry: what is in one stream of changes only grows. */
  static StreamEntryID id(Message message) throws IOException {
    Position position = message.position();
    if (position.frame() >= FRAMES
        || position.epoch() >= FRAMES / 2
        || message.number() >= MESSAGES_OF_CHANGE) {
      throw new RefusedException("can't have an id for the position " + position, null);
    }
    return new StreamEntryID(
        position.epoch() * FRAMES + position.frame(),
        position.index() * MESSAGES_OF_CHANGE + message.number());
  }

  @SuppressWarnings("ArrayAsKeyOfSetOrMap") // None is looked up.
  private static Map<byte[], byte[]> fields(Message message) {
    Map<byte[], byte[]> fields = new LinkedHashMap<>();
    fields.put(bytes("stream"), bytes(message.stream()));
    fields.put(bytes("position"), bytes(message.position().toString()));
    byte[] key = message.key();
    if (key != null) {
      fields.put(bytes("key"), key);
    }
    fields.put(bytes("value"), message.value());
    return fields;
  }

  /**
   * An id that is not greater than the last one is of an entry that is there already, or was, if
   * the key is ours.
   */
  private void accept(JedisDataException refused, Message message) throws IOException {
    String text = String.valueOf(refused.getMessage());
    if (!text.contains("equal or smaller")) {
      throw failure(refused, "refuses an entry of " + message.topic() + ": " + text);
    }
    if (!owned.contains(message.topic())) {
      if (!isOurs(message)) {
        throw new RefusedException(
            "holds entries of another stream of changes in "
                + message.topic()
                + ", after which these can't come: delete or rename that key, or name another by"
                + " --topic",
            refused);
      }
      owned.add(message.topic());
    }
  }

  private boolean isOurs(Message message) {
    if (message.stream().equals(jedis.hget(OWNERS, message.topic()))) {
      return true;
    }
    // The owner is written after the first entry.
    List<StreamEntry> last = jedis.xrevrange(message.topic(), "+", "-", 1);
    return !last.isEmpty() && message.stream().equals(last.get(0).getFields().get("stream"));
  }

  /** Entries may be deleted: whose they were is kept apart. */
  private void own(Message message) {
    if (owned.add(message.topic())) {
      jedis.hset(OWNERS, message.topic(), message.stream());
    }
  }

  private static IOException failure(JedisDataException e, String text) {
    return PASSING.matcher(String.valueOf(e.getMessage())).matches()
        ? new IOException(text, e)
        : new RefusedException(text, e);
  }

  private static String message(JedisException e) {
    Throwable cause = e.getCause();
    return cause == null || cause.getMessage() == null
        ? String.valueOf(e.getMessage())
        : cause.getMessage();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    close(jedis);
  }
}
