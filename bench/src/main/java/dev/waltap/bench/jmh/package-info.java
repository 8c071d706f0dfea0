// SPDX-License-Identifier: Apache-2.0
/** JMH benchmarks of the hot paths: frame, page set, diff, record, JSON line. */
@NullMarked
package dev.waltap.bench.jmh;

import org.jspecify.annotations.NullMarked;
