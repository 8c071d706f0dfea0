// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import dev.waltap.handler.Causes;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Why Kafka refused something, for people, and whether to try again. */
final class KafkaFailures {

  /** What does not pass by itself. */
  private static final List<Class<? extends Throwable>> LASTING =
      List.of(
          MissingTopicException.class,
          Unended.UnsureException.class,
          RecordTooLargeException.class,
          AuthorizationException.class,
          SaslAuthenticationException.class,
          SslAuthenticationException.class,
          UnsupportedVersionException.class,
          InvalidTopicException.class,
          PolicyViolationException.class,
          ConfigException.class,
          LinkageError.class);

  private KafkaFailures() {}

  /** Whether it may help to try again. */
  static boolean isPassing(Throwable failure) {
    return unresolved(failure)
        || LASTING.stream().allMatch(type -> Causes.find(type, failure) == null);
  }

  /** Whether a topic is to have more replicas than brokers are there. */
  static boolean isTooFewBrokers(Throwable failure) {
    return Causes.find(InvalidReplicationFactorException.class, failure) != null;
  }

  /** The client takes a name that is not found for a setting that is wrong. */
  private static boolean unresolved(Throwable failure) {
    ConfigException config = Causes.find(ConfigException.class, failure);
    return config != null && String.valueOf(config.getMessage()).contains("No resolvable");
  }

  /** In words, after the address. */
  static String explain(Throwable failure) {
    if (unresolved(failure)) {
      return "is not reached: there is no host of this name, or no name service";
    }
    for (Class<? extends Throwable> type : LASTING) {
      Throwable found = Causes.find(type, failure);
      if (found != null) {
        return lasting(found);
      }
    }
    TimeoutException late = Causes.find(TimeoutException.class, failure);
    if (late != null && String.valueOf(late.getMessage()).contains("waits for a transaction")) {
      return "is busy: the topic " + late.getMessage();
    }
    if (late != null) {
      return "does not answer in time: is it running, is the address right, does it want TLS"
          + " (--kafka-config)?";
    }
    if (isTooFewBrokers(failure)) {
      return "has too few brokers at the moment for the replicas of a topic that Waltap has to"
          + " create: wait for them, or set waltap.topic.replication.factor by --kafka-config ("
          + message(root(failure))
          + ")";
    }
    return "failed: " + message(root(failure));
  }

  private static String lasting(Throwable failure) {
    if (failure instanceof RecordTooLargeException) {
      return "takes no message this large: raise max.message.bytes of the topic"
          + " (message.max.bytes of the brokers), and max.request.size by --kafka-config if need be"
          + " ("
          + message(failure)
          + ")";
    }
    if (failure instanceof TopicAuthorizationException topic) {
      return "does not let this user write and describe "
          + String.join(", ", topic.unauthorizedTopics())
          + ": allow WRITE, DESCRIBE and READ on the topics of messages and of the positions";
    }
    if (failure instanceof TransactionalIdAuthorizationException) {
      return "does not let this user use transactions: allow WRITE and DESCRIBE for transactional"
          + " ids that begin with waltap-";
    }
    if (failure instanceof ClusterAuthorizationException) {
      return "does not let this user write idempotently: allow IDEMPOTENT_WRITE on the cluster";
    }
    if (failure instanceof SaslAuthenticationException) {
      return "does not accept user and password, or how they are given: see sasl.* in"
          + " --kafka-config ("
          + message(failure)
          + ")";
    }
    if (failure instanceof SslAuthenticationException) {
      return "and this machine do not agree on TLS: see ssl.* and security.protocol in"
          + " --kafka-config ("
          + message(failure)
          + ")";
    }
    if (failure instanceof ConfigException) {
      return "can't be used with these properties, see --kafka-config: " + message(failure);
    }
    if (failure instanceof LinkageError) {
      return "needs what is not in waltap-kafka.jar ("
          + message(failure)
          + "): compression.type may be none, gzip, lz4 or zstd";
    }
    if (failure instanceof Unended.UnsureException) {
      return "has not ended what it should have: " + message(failure);
    }
    return "refused: " + message(failure);
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ").replaceAll("\\.$", "");
  }

  private static Throwable root(Throwable failure) {
    Throwable at = failure;
    Throwable cause;
    for (int depth = 0; depth < 20 && (cause = at.getCause()) != null; depth++) {
      at = cause;
    }
    return at;
  }
}
