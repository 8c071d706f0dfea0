// SPDX-License-Identifier: Apache-2.0
/**
 * JMH benchmarks: of the hot paths (frame, page set, diff, record, JSON line), and of what a
 * capture costs an application by the shape of its rows.
 */
@NullMarked
package dev.waltap.bench.jmh;

import org.jspecify.annotations.NullMarked;
