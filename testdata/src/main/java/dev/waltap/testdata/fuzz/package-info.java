// SPDX-License-Identifier: Apache-2.0
/** The differential fuzzer: random databases and transactions, each checked against SQL. */
@NullMarked
package dev.waltap.testdata.fuzz;

import org.jspecify.annotations.NullMarked;
