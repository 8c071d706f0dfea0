// SPDX-License-Identifier: Apache-2.0
/**
 * What the captures of this process are doing, for those who watch it: metrics for Prometheus,
 * health, readiness, and the live page, by HTTP.
 *
 * <p>Captures are registered with a {@link dev.waltap.monitor.Monitor} by the name of their
 * database while the process runs, and leave it again. Nothing here is loaded, and no thread runs,
 * where no port was asked for; between two requests nothing is done.
 */
@NullMarked
package dev.waltap.monitor;

import org.jspecify.annotations.NullMarked;
