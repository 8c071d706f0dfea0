// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import dev.waltap.api.Change;
import dev.waltap.handler.DeliveryStoppedException;
import dev.waltap.handler.RetryDelay;
import dev.waltap.handler.RetryReport;
import dev.waltap.handler.Secrets;
import dev.waltap.message.MessageFormat;
import dev.waltap.message.TopicNames;
import dev.waltap.output.ClientOutput;
import dev.waltap.output.OutputRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches by sessions: after a failure the same batch goes by another one, until the server
 * has it, it is refused, or there were retries enough. The handler's thread uses it, {@link #stop}
 * may come from any.
 */
final class RetryingOutput implements ClientOutput {
  private static final RetryDelay DELAY = new RetryDelay(100, 5_000);
  private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(10);
  private static final long GRACE_MILLIS = 3_000;

  private final MessageFormat format;
  private final TopicNames topics;
  private final String target;
  private final int maxRetries;
  private final Session.Opening opening;
  private final Duration timeout;
  private final Secrets secrets;
  private final RetryReport report;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable Session session;
  private volatile boolean late;

  /** An output that connects with the first batch. No message has the secrets of the address. */
  RetryingOutput(OutputRequest request, ClientAddress address, Session.Opening opening) {
    Secrets secrets = address.secrets();
    request.hide().accept(secrets);
    Consumer<String> warnings = text -> request.warnings().accept(secrets.hide(text));
    Integer retries = request.maxRetries();
    this.format = request.format();
    this.topics =
        new TopicNames(
            "--topic", request.topic(), request.database(), request.schemaApart(), warnings);
    this.target = address.toString();
    this.secrets = secrets;
    this.maxRetries = retries == null ? Integer.MAX_VALUE : retries;
    this.opening = opening;
    this.timeout = request.timeout() == null ? USUAL_TIMEOUT : request.timeout();
    this.report = new RetryReport(address.toString(), warnings, System::nanoTime);
  }

  @Override
  public void handleChanges(List<Change> changes) throws IOException, InterruptedException {
    List<Message> messages = new ArrayList<>(changes.size());
    for (Change change : changes) {
      messages(change, messages);
    }
    if (!messages.isEmpty()) {
      send(messages);
    }
  }

  /** A tombstone is for logs that are compacted: nothing here is. */
  private void messages(Change change, List<Message> to) throws IOException {
    int before = to.size();
    format.messages(
        change,
        (kind, table, key, value) -> {
          if (value != null) {
            to.add(
                new Message(
                    topics.of(kind, table),
                    change.source().stream(),
                    change.position(),
                    to.size() - before,
                    key,
                    value));
          }
        });
  }

  private void send(List<Message> messages) throws IOException, InterruptedException {
    for (int number = 0; ; number++) {
      IOException failure;
      try {
        if (stopped.getCount() == 0 && session == null) {
          throw stopped("was not asked again", null);
        }
        session().send(messages);
        report.delivered();
        return;
      } catch (DeliveryStoppedException e) {
        throw e;
      } catch (IOException e) {
        failure = e;
      }
      closeSession();
      String text = secrets.hide(target + " " + failure.getMessage());
      if (failure instanceof RefusedException || number >= maxRetries) {
        throw new IOException(text + "; the batch stays undelivered", failure);
      }
      if (stopped.getCount() == 0) {
        throw stopped(String.valueOf(failure.getMessage()), failure);
      }
      report.failed(text);
      if (stopped.await(DELAY.millis(number, 0), TimeUnit.MILLISECONDS)) {
        throw stopped(String.valueOf(failure.getMessage()), failure);
      }
    }
  }

  private DeliveryStoppedException stopped(String what, @Nullable Throwable cause) {
    return new DeliveryStoppedException(
        secrets.hide(target + " " + what) + "; stopped, the batch stays undelivered", cause);
  }

  private Session session() throws IOException, InterruptedException {
    Session open = session;
    if (open == null) {
      open = opening.open(timeout);
      session = open;
      if (late) {
        throw stopped("was reached too late", null);
      }
    }
    return open;
  }

  private void closeSession() {
    Session open = session;
    session = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void stop() {
    if (stopped.getCount() > 0) {
      stopped.countDown();
      Thread watch = new Thread(this::watch, "waltap-sink-stop");
      watch.setDaemon(true);
      watch.start();
    }
  }

  private void watch() {
    try {
      TimeUnit.MILLISECONDS.sleep(GRACE_MILLIS);
      late = true;
      Session open = session;
      if (open != null) {
        open.close();
      }
    } catch (InterruptedException e) {
      return; // Nothing is left to end.
    }
  }

  @Override
  public void close() {
    closeSession();
  }
}
