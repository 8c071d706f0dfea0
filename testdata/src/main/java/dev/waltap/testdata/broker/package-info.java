// SPDX-License-Identifier: Apache-2.0
/** A real Kafka for tests, from the class path of whoever uses it. */
@NullMarked
package dev.waltap.testdata.broker;

import org.jspecify.annotations.NullMarked;
