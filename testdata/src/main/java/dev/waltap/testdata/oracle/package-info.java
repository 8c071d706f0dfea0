// SPDX-License-Identifier: Apache-2.0
/** The replica oracle: applies every change to a model and says what is wrong with the stream. */
@NullMarked
package dev.waltap.testdata.oracle;

import org.jspecify.annotations.NullMarked;
