// SPDX-License-Identifier: Apache-2.0
package example.spring;

import dev.waltap.Waltap;
import dev.waltap.api.CaptureHandle;
import dev.waltap.api.ChangeDataCapture;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Spring Boot: each change of a database is an event of the application, from when all of its beans
 * are there until it ends. Put it beside the application's own classes, and
 * {@code waltap.database=app.db} into application.properties. Any bean may listen:
 *
 * <pre>
 *   &#64;EventListener
 *   void changed(Change change) { … }
 * </pre>
 *
 * A listener that throws stops the capture; the batch is delivered again on the next start.
 */
@Component
public class WaltapCapture implements SmartLifecycle {

  private final ChangeDataCapture capture;
  private volatile CaptureHandle running;

  WaltapCapture(@Value("${waltap.database}") String database, ApplicationEventPublisher events) {
    capture =
        Waltap.open(Path.of(database))
            .stateDirectory(Path.of(database + "-waltap"))
            .handler(changes -> changes.forEach(events::publishEvent))
            .build();
  }

  @Override
  public void start() {
    running = capture.start();
  }

  @Override
  public void stop() {
    capture.close();
  }

  @Override
  public boolean isRunning() {
    return running != null && !running.end().isDone();
  }
}
