// SPDX-License-Identifier: Apache-2.0
/** Options in files of TOML, YAML and Java properties; each reader is loaded for its files only. */
@NullMarked
package dev.waltap.config;

import org.jspecify.annotations.NullMarked;
