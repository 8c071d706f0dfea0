// SPDX-License-Identifier: Apache-2.0
/**
 * Changes to NATS JetStream and Redis streams, at least once, each message under an id by which
 * what comes again is recognised by the server.
 */
@NullMarked
package dev.waltap.sinks;

import org.jspecify.annotations.NullMarked;
