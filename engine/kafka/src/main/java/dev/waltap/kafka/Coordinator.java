// SPDX-License-Identifier: Apache-2.0
package dev.waltap.kafka;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * The broker that keeps one producer's transactions, asked for what the producer can't be: to end a
 * transaction in partitions without a record in them. By the requests of the protocol that
 * producers used before Kafka 4, which brokers of all versions take. For one thread; {@link
 * #abandon} for any.
 */
final class Coordinator implements AutoCloseable {
  private static final long PAUSE_MILLIS = 20;
  private static final long POLL_MILLIS = 1_000;
  private static final long CONNECTING_MILLIS = 100;

  private final String id;
  private final TransactionDescription producer;
  private final Stopping stopping;
  private final Node node;
  private final Metrics metrics = new Metrics();
  private final NetworkClient client;

  /** Connects when first used, as the producer that is described. */
  Coordinator(
      KafkaSettings settings,
      Admin admin,
      String id,
      TransactionDescription producer,
      Stopping stopping)
      throws InterruptedException {
    this(
        settings,
        node(stopping.await(admin.describeCluster().nodes()), producer.coordinatorId()),
        id,
        producer,
        stopping);
  }

  /** The same, of which this is the broker. */
  Coordinator(
      KafkaSettings settings,
      Node node,
      String id,
      TransactionDescription producer,
      Stopping stopping) {
    this.id = id;
    this.producer = producer;
    this.stopping = stopping;
    this.node = node;
    AdminClientConfig config = new AdminClientConfig(settings.with(Map.of()));
    this.client =
        ClientUtils.createNetworkClient(
            config,
            config.getString(AdminClientConfig.CLIENT_ID_CONFIG),
            metrics,
            "waltap-coordinator",
            new LogContext(),
            new ApiVersions(),
            Time.SYSTEM,
            1,
            config.getInt(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG),
            null,
            new ManualMetadataUpdater(List.of(node)),
            new DefaultHostResolver(),
            null,
            null);
  }

  private static Node node(Collection<Node> nodes, int id) {
    for (Node each : nodes) {
      if (each.id() == id) {
        return each;
      }
    }
    throw new DisconnectException("the broker that keeps the transactions is away");
  }

  /** Lets a transaction, a new one or the one that is open, be also of these partitions. */
  void add(Collection<TopicPartition> partitions) throws InterruptedException {
    request(
        AddPartitionsToTxnRequest.Builder.forClient(
            id, producer.producerId(), (short) producer.producerEpoch(), List.copyOf(partitions)));
  }

  /** Ends the transaction. */
  void end(boolean commit) throws InterruptedException {
    request(
        new EndTxnRequest.Builder(
            new EndTxnRequestData()
                .setTransactionalId(id)
                .setProducerId(producer.producerId())
                .setProducerEpoch((short) producer.producerEpoch())
                .setCommitted(commit),
            false));
  }

  private void request(AbstractRequest.Builder<?> request) throws InterruptedException {
    long end = System.nanoTime() + stopping.timeout().toNanos();
    while (true) {
      Errors error = first(send(request));
      if (error == Errors.NONE) {
        return;
      }
      KafkaException failure = error.exception();
      if (failure instanceof AuthorizationException) {
        throw failure;
      }
      if (!(failure instanceof RetriableException)
          || System.nanoTime() > end
          || stopping.pause(PAUSE_MILLIS)) {
        // Not as it is: this producer is not the one that would be fenced.
        throw new KafkaException(
            "a transaction that is over can't be ended in all its topics: " + error.message());
      }
    }
  }

  private static Errors first(AbstractResponse response) {
    return response.errorCounts().keySet().stream()
        .filter(each -> each != Errors.NONE && each != Errors.OPERATION_NOT_ATTEMPTED)
        .findFirst()
        .orElse(Errors.NONE);
  }

  private AbstractResponse send(AbstractRequest.Builder<?> request) throws InterruptedException {
    try {
      awaitConnection();
      client.send(
          client.newClientRequest(node.idString(), request, System.currentTimeMillis(), true),
          System.currentTimeMillis());
      return response();
    } catch (IOException e) {
      throw new DisconnectException(String.valueOf(e.getMessage()), e);
    }
  }

  private void awaitConnection() throws InterruptedException, IOException {
    long end = System.nanoTime() + stopping.timeout().toNanos();
    boolean ready = client.ready(node, System.currentTimeMillis());
    while (!ready) {
      poll(CONNECTING_MILLIS);
      NetworkClientUtils.maybeThrowAuthFailure(client, node);
      if (client.connectionFailed(node)) {
        throw new IOException("the connection with " + node + " was lost");
      }
      ready = client.isReady(node, System.currentTimeMillis());
      if (!ready && System.nanoTime() > end) {
        throw new TimeoutException("no connection with " + node);
      }
    }
  }

  /** The answer to the only request. */
  private AbstractResponse response() throws InterruptedException, IOException {
    while (true) {
      for (ClientResponse response : poll(POLL_MILLIS)) {
        if (response.wasDisconnected()) {
          throw new IOException("the connection with " + node + " was lost");
        }
        if (response.versionMismatch() != null) {
          throw response.versionMismatch();
        }
        return response.responseBody();
      }
    }
  }

  /** The client waits for nothing while its thread is interrupted, and would not say so. */
  private List<ClientResponse> poll(long millis) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return client.poll(millis, System.currentTimeMillis());
  }

  /** Makes whatever waits in here fail. */
  void abandon() {
    client.initiateClose();
    client.wakeup();
  }

  @Override
  public void close() {
    try (metrics) {
      client.close();
    }
  }
}
