// SPDX-License-Identifier: Apache-2.0
/** Handlers that write changes somewhere: JSON lines, text, files, HTTP. */
@NullMarked
package dev.waltap.handler;

import org.jspecify.annotations.NullMarked;
