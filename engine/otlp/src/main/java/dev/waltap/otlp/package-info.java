// SPDX-License-Identifier: Apache-2.0
/** Sends metrics to OpenTelemetry, by OTLP over HTTP and Micrometer's registry for it. */
@NullMarked
package dev.waltap.otlp;

import org.jspecify.annotations.NullMarked;
