// SPDX-License-Identifier: Apache-2.0
/** Shows a capture's metrics to Micrometer, for applications that have it. */
@NullMarked
package dev.waltap.micrometer;

import org.jspecify.annotations.NullMarked;
