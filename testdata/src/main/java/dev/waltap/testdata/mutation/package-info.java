// SPDX-License-Identifier: Apache-2.0
/** Captured pages, logs and state files with damaged bytes: what must never happen with them. */
@NullMarked
package dev.waltap.testdata.mutation;

import org.jspecify.annotations.NullMarked;
