// SPDX-License-Identifier: Apache-2.0
package dev.waltap.sinks;

import dev.waltap.output.ClientOutput;
import dev.waltap.output.OutputProvider;
import dev.waltap.output.OutputRequest;
import java.util.Set;

/** Makes {@code --output redis://…}. */
public final class RedisProvider implements OutputProvider {
  private static final int PORT = 6379;

  /** For {@link java.util.ServiceLoader}. */
  public RedisProvider() {}

  @Override
  public Set<String> schemes() {
    return Set.of("redis", "rediss");
  }

  @Override
  public ClientOutput prepare(OutputRequest request) {
    ClientAddress address = ClientAddress.parse(request.address(), PORT);
    if (address.hosts().size() > 1 || !address.path().matches("\\d{0,5}")) {
      throw new IllegalArgumentException(
          "an address of Redis is redis://HOST:PORT, with /NUMBER for another database than 0");
    }
    int database = address.path().isEmpty() ? 0 : Integer.parseInt(address.path());
    return new RetryingOutput(
        request, address, timeout -> RedisSession.open(address, database, request.tls(), timeout));
  }
}
