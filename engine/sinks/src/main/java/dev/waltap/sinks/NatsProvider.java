// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import dev.waltap.output.ClientOutput;
import dev.waltap.output.OutputProvider;
import dev.waltap.output.OutputRequest;
import java.util.Set;

/** Makes {@code --output nats://…}. */
public final class NatsProvider implements OutputProvider {
  private static final int PORT = 4222;

  /** For {@link java.util.ServiceLoader}. */
  public NatsProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("nats", "nats+tls");
  }

  @Override
  public ClientOutput prepare(OutputRequest request) {
    ClientAddress address = ClientAddress.parse(request.address(), PORT);
    if (!address.path().isEmpty()) {
      throw new IllegalArgumentException(
          "an address of NATS has nothing behind the port: give the subjects by --topic");
    }
    return new RetryingOutput(
        request, address, timeout -> NatsSession.open(address, request.tls(), timeout));
  }
}
