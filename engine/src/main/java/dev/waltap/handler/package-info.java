// SPDX-License-Identifier: Apache-2.0
/** What handlers share: how a delivery ends or is retried, and what no message may show. */
@NullMarked
package dev.waltap.handler;

import org.jspecify.annotations.NullMarked;
